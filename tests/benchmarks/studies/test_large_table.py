import hashlib
from pathlib import Path

import pandas as pd
import pytest
import yaml

from benchmarks.studies import large_table
from benchmarks.studies.large_table import OPTIONS, bytes_in, dataset_conf, key_columns, write_table
from stages.preprocess.params import Preprocess


def test_the_same_rows_are_written_whatever_follows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_table, "ROWS_AT_ONCE", 1000)
    sha256 = write_table(tmp_path / "a.csv", 2500)
    write_table(tmp_path / "b.csv", 3000)
    content = (tmp_path / "a.csv").read_bytes()
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert not content.startswith((tmp_path / "b.csv").read_bytes())
    first, second = (pd.read_csv(tmp_path / name) for name in ("a.csv", "b.csv"))
    pd.testing.assert_frame_equal(first[:2000], second[:2000])
    assert len(first.columns) == 10
    assert 0.01 < first["score"].isna().mean() < 0.03
    assert set(first["bought"]) == {"no", "yes"}


@pytest.mark.parametrize("option", [None, *OPTIONS])
@pytest.mark.parametrize(("kind", "target"), [("class", "bought"), ("value", "amount"), ("forecast", "amount")])
def test_conf_names_the_columns_and_the_target(tmp_path: Path, kind: str, target: str, option: str | None) -> None:
    of_option = None if option is None else OPTIONS[option]
    write_table(tmp_path / "large.csv", 10, key_columns(kind, of_option))
    conf = yaml.safe_load(dataset_conf("0" * 64, 100, kind, of_option))
    Preprocess.model_validate(conf["preprocess"])
    assert conf["validate"]["columns"] == list(pd.read_csv(tmp_path / "large.csv").columns)
    assert conf["preprocess"]["targets"] == target
    assert conf["download"]["limits"] == {"bytes": 101}


def test_bytes_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").write_bytes(b"12345")
    (tmp_path / "c").write_bytes(b"12")
    assert bytes_in(tmp_path) == 7
    assert bytes_in(tmp_path / "nothing") == 0
