"""`restage accept`: the profiles that are here become the accepted ones, or it is said why not."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from stages.cli.accept import accept, change
from stages.core import paths
from stages.core.artefacts.profile import Profile, profile_text
from stages.core.artefacts.raw import Table, file_hashes, write_raw
from stages.core.errors import UserError
from stages.core.runtime.atomic_write import write_text
from stages.validate.column_values import values_of
from stages.validate.drift.compute_profile import profile_of

SOURCE = {"source": "file", "path": "a.csv"}


def profiled(key: str, **columns: list[Any]) -> Profile:
    """Raw data, and the profile that validate would make of them."""
    frame = pd.DataFrame(columns)
    write_raw(Table({"all": frame}), paths.raw_data(key))
    values = {name: values_of(frame[name]) for name in columns}
    profile = profile_of(values, len(frame), file_hashes(paths.raw_data(key)))
    write_text(paths.data_profile(key), profile_text(profile))
    return profile


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    paths.PARAMS.write_text(yaml.safe_dump({"datasets": {key: {"download": SOURCE} for key in ("flowers", "prices")}}))
    profiled("flowers", length=[1, 2, 3])
    profiled("prices", price=[5.5, 6.5])


def refused(*keys: str) -> tuple[str, ...]:
    with pytest.raises(UserError) as caught:
        accept(keys)
    return caught.value.messages


def test_one_profile_is_kept_byte_for_byte(capsys: pytest.CaptureFixture[str]) -> None:
    accept(["flowers"])
    assert paths.accepted_profile("flowers").read_bytes() == paths.data_profile("flowers").read_bytes()
    assert not paths.accepted_profile("prices").exists()
    assert capsys.readouterr().out == "conf/accepted/flowers.json: accepted, 3 rows, 1 column\n"


def test_all_of_the_suite_where_none_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    accept(["flowers"])
    profiled("flowers", length=[1, 2, 4, 4], width=[1, 1, 1, 1])
    capsys.readouterr()
    accept([])
    assert capsys.readouterr().out.splitlines() == [
        "conf/accepted/flowers.json: rows 3, now 4; changed: length, width",
        "conf/accepted/prices.json: accepted, 2 rows, 1 column",
    ]


def test_what_changed_is_told() -> None:
    before, now = profiled("flowers", a=[1, 2], b=[1, 2]), profiled("flowers", a=[1, 2], c=[1, 2])
    assert change(before, before) == "nothing changed"
    assert change(before, now) == "2 rows as before; changed: b, c"
    assert change(before, before.model_copy(update={"files": {"x": "y"}})) == "2 rows as before; changed: no column"


def test_all_reasons_at_once_and_nothing_is_kept() -> None:
    paths.data_profile("flowers").unlink()
    paths.data_profile("prices").write_text("[1")
    first, second = refused()
    assert first == "reports/profiles/flowers.json: not here; run `restage run flowers`"
    assert second.startswith("reports/profiles/prices.json: not JSON (EOF")
    paths.data_profile("prices").unlink()
    profiled("prices", price=[1.0])
    assert refused() == (first,)
    assert not paths.accepted_profile("prices").exists()


def test_a_profile_of_other_data_than_are_here() -> None:
    profile = paths.data_profile("flowers").read_bytes()
    profiled("flowers", length=[7, 8])
    paths.data_profile("flowers").write_bytes(profile)
    assert refused("flowers") == (
        "reports/profiles/flowers.json: of other data than data/raw/flowers holds; run `restage run flowers`",
    )


def test_data_of_other_parameters_than_conf_has_now() -> None:
    ran = {"params": {"params.yaml": {"datasets.flowers.download": SOURCE | {"path": "b.csv"}}}}
    Path("dvc.lock").write_text(yaml.safe_dump({"stages": {"download@flowers": ran}}))
    assert refused() == (
        "data/raw/flowers: made with other parameters than params.yaml has; run `restage run flowers`",
    )
    accept(["prices"])


def test_a_dataset_that_there_is_not() -> None:
    assert refused("flower") == ("params.yaml: no dataset 'flower'; did you mean flowers?",)


def test_a_damaged_one_is_mended() -> None:
    write_text(paths.accepted_profile("flowers"), "[1")
    accept(["flowers"])
    assert paths.accepted_profile("flowers").read_bytes() == paths.data_profile("flowers").read_bytes()
