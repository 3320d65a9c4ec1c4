"""`restage accept`: current profiles become the accepted ones; outdated ones are refused."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from stages.cli.accept import accept, describe_changes
from stages.core import paths
from stages.core.artefacts.profile import Profile, profile_text
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import file_hashes, write_raw
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_text
from stages.validate.drift.compute_profile import compute_profile
from stages.validate.drift.profiled_values import values_of_column
from tests.core.files.test_check_is_file import KINDS

SOURCE = {"source": "file", "path": "a.csv"}


def write_data(key: str, **columns: list[Any]) -> Profile:
    """Writes raw data and the profile that validate computes from them."""
    frame = pd.DataFrame(columns)
    write_raw(Table({"all": frame}), paths.raw_data(key))
    values = {name: values_of_column(frame[name]) for name in columns}
    profile = compute_profile(values, len(frame), file_hashes(paths.raw_data(key)))
    write_text(paths.data_profile(key), profile_text(profile))
    return profile


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    paths.PARAMS.write_text(yaml.safe_dump({"datasets": {key: {"download": SOURCE} for key in ("flowers", "prices")}}))
    write_data("flowers", length=[1, 2, 3])
    write_data("prices", price=[5.5, 6.5])


def error_messages(*keys: str) -> tuple[str, ...]:
    with pytest.raises(UserError) as caught:
        accept(keys)
    return caught.value.messages


def is_accepted(key: str) -> bool:
    file = paths.accepted_profile(key)
    return file.is_file() and file.read_bytes() == paths.data_profile(key).read_bytes()


def test_one_profile_is_copied(capsys: pytest.CaptureFixture[str]) -> None:
    accept(["flowers"])
    assert is_accepted("flowers")
    assert not is_accepted("prices")
    assert capsys.readouterr().out == "conf/accepted/flowers.json: accepted, 3 rows, 1 column\n"


def test_without_a_key_all_datasets_are_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    accept(["flowers"])
    write_data("flowers", length=[1, 2, 4, 4], width=[1, 1, 1, 1])
    capsys.readouterr()
    accept([])
    assert capsys.readouterr().out.splitlines() == [
        "conf/accepted/flowers.json: rows 3, now 4; changed: length, width",
        "conf/accepted/prices.json: accepted, 2 rows, 1 column",
    ]


def test_changes_are_described() -> None:
    before, after = write_data("flowers", a=[1, 2], b=[1, 2]), write_data("flowers", a=[1, 2], c=[1, 2])
    other_files = before.model_copy(update={"files": {"x": "y"}})
    assert describe_changes(before, before) == "nothing changed"
    assert describe_changes(before, after) == "2 rows as before; changed: b, c"
    assert describe_changes(before, other_files) == "2 rows as before; changed: no column"


def test_all_errors_are_reported_and_nothing_is_accepted() -> None:
    paths.data_profile("flowers").unlink()
    paths.data_profile("prices").write_text("[1")
    missing, damaged = error_messages()
    assert missing == "reports/profiles/flowers.json: not found; run `restage run flowers`"
    assert damaged.startswith("reports/profiles/prices.json: not JSON (EOF")
    paths.data_profile("prices").unlink()
    write_data("prices", price=[1.0])
    assert error_messages() == (missing,)
    assert not is_accepted("prices")


def test_a_profile_of_other_data_is_refused() -> None:
    profile = paths.data_profile("flowers").read_bytes()
    write_data("flowers", length=[7, 8])
    paths.data_profile("flowers").write_bytes(profile)
    [message] = error_messages("flowers")
    assert message.startswith("reports/profiles/flowers.json: ")
    assert message.endswith("other data than data/raw/flowers has; run `restage run flowers`")


def test_data_downloaded_with_other_parameters_are_refused() -> None:
    entry = {"params": {"data/guard/params/flowers.json": {"download": SOURCE | {"path": "b.csv"}}}}
    Path("dvc.lock").write_text(yaml.safe_dump({"stages": {"download@flowers": entry}}))
    [message] = error_messages()
    assert message.startswith("data/raw/flowers: ")
    assert message.endswith("other parameters than params.yaml has; run `restage run flowers`")
    accept(["prices"])


def test_an_unknown_dataset_is_refused() -> None:
    assert error_messages("flower") == ("params.yaml: no dataset 'flower'; did you mean flowers?",)


def test_a_damaged_accepted_profile_is_replaced() -> None:
    write_text(paths.accepted_profile("flowers"), "[1")
    accept(["flowers"])
    assert is_accepted("flowers")


@pytest.mark.error_case("kinds of files refused")
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_not_replaced(kind: str) -> None:
    file = paths.accepted_profile("flowers")
    file.parent.mkdir(parents=True)
    KINDS[kind](file)
    [message] = error_messages("flowers", "prices")
    assert message.startswith(f"{file}: {kind}; ")
    assert not is_accepted("prices")
