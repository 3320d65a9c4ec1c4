"""`restage new` on small files: what it writes, adds and refuses. Stories run what it writes."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from stages.cli.app import app
from tests.cli.new.example_tables import flowers
from tests.cli.test_compose import composed_datasets


def new(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["new", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def error(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["new", *arguments])
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.stderr
    return result.stderr


def written(key: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(Path(f"conf/dataset/{key}.yaml").read_text(encoding="utf-8"))
    return content


def test_classes(clone: Path) -> None:
    flowers().to_csv("flowers.csv", index=False)
    printed = new("flowers.csv", "--target", "kind")
    conf = written("flowers")
    sha256 = hashlib.sha256(Path("flowers.csv").read_bytes()).hexdigest()
    assert conf["download"]["files"] == {"all": {"path": "flowers.csv", "sha256": sha256}}
    assert conf["preprocess"]["targets"] == "kind"
    assert conf["preprocess"]["split"]["order"] == "stratified"
    assert conf["evaluate"] == {"headline": "accuracy", "baselines": ["majority", "shuffled"]}
    assert composed_datasets() == ["iris", "flowers"]
    assert "restage run flowers" in printed


def test_the_same_file_gives_the_same_text(clone: Path) -> None:
    flowers().to_csv("flowers.csv", index=False)
    first = new("flowers.csv", "--target", "kind", "--dry-run")
    assert new("flowers.csv", "--target", "kind", "--dry-run") == first
    new("flowers.csv", "--target", "kind")
    assert first.endswith(Path("conf/dataset/flowers.yaml").read_text())


def test_a_dry_run_writes_nothing(clone: Path) -> None:
    flowers().to_csv("flowers.csv", index=False)
    before = sorted(clone.rglob("*"))
    new("flowers.csv", "--target", "kind", "--dry-run")
    assert sorted(clone.rglob("*")) == before


def test_values(clone: Path) -> None:
    flowers().drop(columns="kind").to_csv("sizes.csv", index=False)
    new("sizes.csv", "--target", "length")
    conf = written("sizes")
    assert "labels" not in conf["preprocess"]
    assert conf["preprocess"]["target_steps"] == [{"step": "standard"}]
    assert conf["evaluate"] == {"headline": "rmse", "baselines": ["linear"]}


def test_several_targets(clone: Path) -> None:
    flowers().assign(height=np.arange(60) * 0.5).to_csv("sizes.csv", index=False)
    new("sizes.csv", "--target", "length", "--target", "width")
    assert written("sizes")["preprocess"]["targets"] == ["length", "width"]


def test_kinds_gaps_and_ignored_columns(clone: Path) -> None:
    frame = flowers().assign(row_id=range(60), sort=list("abcdef") * 10, own=[f"own{n}" for n in range(60)])
    frame.loc[[3, 5], "width"] = np.nan
    frame.loc[7, "sort"] = None
    frame.to_csv("flowers.csv", index=False)
    printed = new("flowers.csv", "--target", "kind")
    conf = written("flowers")
    assert conf["preprocess"]["columns"] == {
        "width": {"kind": "number", "missing": "median"},
        "row_id": "ignore",
        "sort": {"kind": "category", "missing": "category"},
        "own": "ignore",
    }
    assert conf["validate"]["may_be_missing"] == ["width", "sort"]
    assert "row_id: a number of its own in every row; it is ignored" in printed


def test_many_gaps_get_an_indicator(clone: Path) -> None:
    frame = flowers()
    frame.loc[:10, "width"] = np.nan
    frame.to_csv("flowers.csv", index=False)
    new("flowers.csv", "--target", "kind")
    width = written("flowers")["preprocess"]["columns"]["width"]
    assert width == {"kind": "number", "missing": "median", "missing_indicator": True}


def test_a_series(clone: Path) -> None:
    days = pd.date_range("2024-01-01", periods=120).strftime("%Y-%m-%d")
    pd.DataFrame({"day": days, "price": np.sin(np.arange(120)).round(3)}).to_csv("prices.csv", index=False)
    new("prices.csv", "--target", "price", "--time", "day")
    conf = written("prices")
    assert conf["download"]["kind"] == "series"
    assert conf["preprocess"]["split"] == {"test": 0.2, "validation": 0.16, "order": "chronological"}
    assert conf["preprocess"]["window"] == {"length": 10}
    assert conf["evaluate"]["baselines"] == ["persistence", "linear"]


def test_a_test_file(clone: Path) -> None:
    flowers().to_csv("flowers.csv", index=False)
    flowers(90).iloc[60:].to_csv("more.csv", index=False)
    new("flowers.csv", "--target", "kind", "--test", "more.csv")
    conf = written("flowers")
    assert list(conf["download"]["files"]) == ["train", "test"]
    assert conf["preprocess"]["split"]["test"] == "given"


def test_rows_of_the_test_file_that_the_first_one_has_are_told(clone: Path) -> None:
    flowers().to_csv("flowers.csv", index=False)
    flowers().iloc[:12].to_csv("more.csv", index=False)
    printed = new("flowers.csv", "--target", "kind", "--test", "more.csv")
    assert "12 rows of the test file are in the first file too" in printed
    assert written("flowers")["validate"]["duplicates_across_splits"] == "report"


def test_many_categories(clone: Path) -> None:
    towns = [f"town {n}" for n in range(30)]
    flowers(600).assign(town=[towns[n % 30] for n in range(600)]).to_csv("flowers.csv", index=False)
    new("flowers.csv", "--target", "kind")
    town = written("flowers")["preprocess"]["columns"]["town"]
    assert town == {"kind": "category", "encoding": "one_hot", "minimum_count": 5}


def test_a_parquet_file(clone: Path) -> None:
    flowers().to_parquet("flowers.parquet")
    new("flowers.parquet", "--target", "kind")
    assert written("flowers")["download"]["format"] == {"format": "parquet"}


def test_a_target_whose_name_cannot_name_a_layer(clone: Path) -> None:
    flowers().rename(columns={"length": "Length (cm)"}).drop(columns="kind").to_csv("sizes.csv", index=False)
    new("sizes.csv", "--target", "Length (cm)")
    assert written("sizes")["preprocess"]["targets"] == {"Length_cm": "Length (cm)"}


def test_rare_classes_are_shuffled_and_told(clone: Path) -> None:
    frame = flowers()
    frame.loc[0, "kind"] = "orchid"
    frame.to_csv("flowers.csv", index=False)
    assert "too few rows of 'orchid' (1 row)" in new("flowers.csv", "--target", "kind")
    assert written("flowers")["preprocess"]["split"]["order"] == "shuffled"


def test_yes_takes_the_last_column(clone: Path) -> None:
    flowers().to_csv("flowers.csv", index=False)
    new("flowers.csv", "--yes")
    assert written("flowers")["preprocess"]["targets"] == "kind"


def with_gap_in_target() -> pd.DataFrame:
    frame = flowers()
    frame.loc[4, "kind"] = None
    return frame


REFUSED: dict[str, tuple[pd.DataFrame, list[str], str]] = {
    "no target": (flowers(), [], "--target: name the column to predict, one of length, width, kind"),
    "an unknown target": (flowers(), ["--target", "knd"], "--target: no column 'knd'; did you mean kind?"),
    "an unknown time": (flowers(), ["--target", "kind", "--time", "day"], "flowers.csv: no column 'day'"),
    "an unknown text": (flowers(), ["--target", "kind", "--text", "words"], "--text: no column 'words'"),
    "a target with a gap": (with_gap_in_target(), ["--target", "kind"], "column kind: no value in 1 of 60 rows"),
    "a target with one value": (flowers().assign(kind="a"), ["--target", "kind"], "there is nothing to predict"),
    "a target of names": (flowers().assign(kind=[f"n{i}x" for i in range(60)]), ["--target", "kind"], "no classes"),
    "classes and values": (flowers(), ["--target", "kind", "--target", "width"], "name targets of one kind"),
    "few rows": (flowers(6), ["--target", "width"], "6 rows; at least 10 are needed"),
    "no inputs": (flowers()[["kind"]], ["--target", "kind"], "no column is left to predict kind from"),
    "no times": (flowers(), ["--target", "width", "--time", "kind"], "are no times that are known"),
    "an invalid key": (flowers(), ["--target", "kind", "--key", "../x"], "use lower-case letters, digits and _ only"),
    "a key that exists": (flowers(), ["--target", "kind", "--key", "wine"], "conf/dataset/wine.yaml: exists"),
    "a missing test file": (flowers(), ["--target", "kind", "--test", "no.csv"], "no.csv: no such file"),
}


@pytest.mark.error_case("files that cannot become a dataset")
@pytest.mark.parametrize(("frame", "options", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_become_a_dataset(frame: pd.DataFrame, options: list[str], message: str, clone: Path) -> None:
    frame.to_csv("flowers.csv", index=False)
    before = sorted(clone.rglob("*"))
    assert message in error("flowers.csv", *options)
    assert sorted(clone.rglob("*")) == before


@pytest.mark.error_case("files that cannot become a dataset")
@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "empty"), (b"\x00\x01\x02\x03", "neither text with columns nor Parquet"), (b"PK\x03\x04broken", "zip")],
)
def test_what_is_no_table(content: bytes, message: str, clone: Path) -> None:
    Path("flowers.csv").write_bytes(content)
    assert message in error("flowers.csv", "--target", "kind")


@pytest.mark.error_case("files that cannot become a dataset")
def test_no_file(clone: Path) -> None:
    assert "flowers.csv: no such file" in error("flowers.csv", "--target", "kind")
    assert "conf: a folder" in error("conf", "--target", "kind")
