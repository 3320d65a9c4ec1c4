"""`restage new` on small files: what it writes, adds and refuses. Stories run what it writes."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from stages.cli.app import app
from tests.cli.new.example_tables import flowers, grouped_flowers
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


def write_own_model() -> None:
    Path("conf/models").mkdir()
    Path("conf/models/mine.py").write_text("def build(inputs, outputs, units=8):\n    return None\n")


def test_classes(clone: Path) -> None:
    flowers().to_csv("flowers.csv", index=False)
    printed = new("flowers.csv", "--target", "kind")
    conf = written("flowers")
    sha256 = hashlib.sha256(Path("flowers.csv").read_bytes()).hexdigest()
    assert conf["download"]["files"] == {"all": {"path": "flowers.csv", "sha256": sha256}}
    assert conf["preprocess"]["targets"] == "kind"
    assert conf["preprocess"]["split"]["order"] == "stratified"
    assert conf["evaluate"] == {"headline": "accuracy"}
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
    assert conf["evaluate"] == {"headline": "rmse"}


def test_several_targets(clone: Path) -> None:
    flowers().assign(height=np.arange(60) * 0.5).to_csv("sizes.csv", index=False)
    new("sizes.csv", "--target", "length", "--target", "width")
    assert written("sizes")["preprocess"]["targets"] == ["length", "width"]


def test_a_class_and_a_value(clone: Path) -> None:
    """Each target has an output, a loss, a weight and metrics of its own."""
    flowers().to_csv("flowers.csv", index=False)
    printed = new("flowers.csv", "--target", "length", "--target", "kind")
    conf = written("flowers")
    assert "defaults" not in conf
    assert conf["preprocess"]["labels"] == {"kind": "one_hot"}
    assert conf["preprocess"]["target_steps"] == [{"step": "standard"}]
    assert conf["preprocess"]["split"]["order"] == "stratified"
    assert conf["train"]["loss"] == {"length": "mean_squared_error", "kind": "categorical_crossentropy"}
    assert conf["train"]["loss_weights"] == {"length": 1.0, "kind": 1.0}
    assert conf["evaluate"] == {"headline": "length.rmse"}
    checked = [next(iter(each)) for each in conf["validate"]["expectations"]]
    assert checked.count("expect_column_values_to_be_in_set") == 1
    assert [line.split()[1:3] for line in printed.splitlines() if "target," in line] == [
        ["target,", "values"],
        ["target,", "classes"],
    ]
    assert composed_datasets() == ["iris", "flowers"]


def test_a_group(clone: Path) -> None:
    """It may determine the target, since it is no input."""
    grouped_flowers().to_csv("flowers.csv", index=False)
    printed = new("flowers.csv", "--target", "kind", "--group", "plant")
    assert written("flowers")["preprocess"]["columns"] == {"plant": "group"}
    assert written("flowers")["preprocess"]["split"]["order"] == "stratified"
    assert "determines" not in printed


@pytest.mark.parametrize(
    ("model", "section"),
    [
        ("conf/models/mine.py:build", {"kind": "own", "build": "mine.py:build"}),
        ("linear", {"kind": "linear"}),
    ],
)
def test_a_chosen_model(model: str, section: dict[str, Any], clone: Path) -> None:
    write_own_model()
    flowers().to_csv("flowers.csv", index=False)
    printed = new("flowers.csv", "--target", "kind", "--model", model)
    assert written("flowers")["train"]["model"] == section
    assert written("flowers")["train"]["epochs"] == 200
    assert ("git add" in printed, "starter.yaml conf/models/mine.py params" in printed) == (True, "mine.py" in model)


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
    assert conf["evaluate"] == {"headline": "rmse"}


def series_conf(frame: pd.DataFrame, *options: str) -> dict[str, Any]:
    """`preprocess` of a new series `values` whose first column is its time and whose second one is its target."""
    time, target = frame.columns[:2]
    frame.to_csv("values.csv", index=False)
    new("values.csv", "--target", target, "--time", time, *options)
    conf: dict[str, Any] = written("values")["preprocess"]
    return conf


RELATIVE = [{"step": "relative_to_last"}, {"step": "standard", "center": False}]


def test_months_have_a_season_and_growth_a_logarithm(clone: Path) -> None:
    number = np.arange(144)
    passengers = (100 * 1.012**number * (1.2 + np.sin(number * np.pi / 6))).round(2)
    months = pd.date_range("1949-01-01", periods=144, freq="MS").strftime("%Y-%m")
    conf = series_conf(pd.DataFrame({"month": months, "passengers": passengers}))
    assert conf["window"] == {"length": 24, "season": 12}
    assert written("values")["train"]["model"] == {"kind": "linear"}
    assert conf["steps"] == conf["target_steps"] == [{"step": "log"}, {"step": "seasonal_difference"}, *RELATIVE]


@pytest.mark.parametrize(("rows", "kind"), [(990, "linear"), (1_000, "mlp")])
def test_a_long_series_has_dense_layers(rows: int, kind: str, clone: Path) -> None:
    months = pd.date_range("1900-01-01", periods=rows, freq="MS").strftime("%Y-%m")
    degrees = (10 + 8 * np.sin(np.arange(rows) * np.pi / 6) + np.random.default_rng(0).normal(size=rows)).round(2)
    series_conf(pd.DataFrame({"month": months, "degrees": degrees}))
    assert written("values")["train"]["model"]["kind"] == kind


def test_a_season_that_does_not_repeat_has_no_seasonal_difference(clone: Path) -> None:
    """A random walk of months: its changes are as large after a seasonal difference."""
    values = (50 + np.random.default_rng(0).normal(size=144).cumsum()).round(3)
    months = pd.date_range("1949-01-01", periods=144, freq="MS").strftime("%Y-%m")
    conf = series_conf(pd.DataFrame({"month": months, "price": values}))
    assert conf["window"]["season"] == 12
    assert conf["steps"] == conf["target_steps"] == RELATIVE
    assert written("values")["train"]["model"] == {"kind": "linear"}


def test_a_series_that_is_not_positive_has_no_logarithm(clone: Path) -> None:
    """Zeros in `sold`, and a narrow range of `price`, rule it out; the rows of the file are not in order."""
    number = np.arange(150)
    frame = pd.DataFrame(
        {
            "hour": pd.date_range("2024-01-01", periods=150, freq="h").strftime("%Y-%m-%d %H:%M"),
            "load": (5 + number % 24 + number / 10).round(2),
            "sold": number % 7,
            "price": 100 + number % 5,
        }
    )
    conf = series_conf(frame[::-1])
    assert conf["window"] == {"length": 24, "season": 24}
    difference = {"step": "seasonal_difference"}
    assert conf["steps"] == [{"step": "log", "columns": ["load"]}, difference, *RELATIVE]
    assert conf["target_steps"] == [{"step": "log"}, difference, *RELATIVE]


def test_a_series_with_categories_has_relative_numbers_only(clone: Path) -> None:
    conf = series_conf(days_of_weather())
    assert "season" not in conf["window"]
    assert written("values")["train"]["model"]["kind"] == "mlp"
    assert conf["steps"] == [{"step": "relative_to_last", "columns": ["degrees"]}, RELATIVE[1]]
    assert conf["target_steps"] == RELATIVE


@pytest.mark.parametrize(
    ("freq", "rows", "period", "window"),
    [
        ("D", 140, 7, {"length": 14, "season": 7}),
        ("D", 140, 10, {"length": 11}),
        ("B", 140, 5, {"length": 11}),
        ("QS", 60, 4, {"length": 8, "season": 4}),
        # Too few rows for a season, or for two in a window.
        ("MS", 40, 12, {"length": 3}),
        ("MS", 60, 12, {"length": 12, "season": 12}),
    ],
)
def test_the_season_follows_from_the_step(
    freq: str, rows: int, period: int, window: dict[str, int], clone: Path
) -> None:
    times = pd.date_range("2001-01-01", periods=rows, freq=freq).strftime("%Y-%m-%d")
    values = np.sin(np.arange(rows) % period * 2) + np.arange(rows) / 50
    assert series_conf(pd.DataFrame({"t": times, "x": values.round(4)}))["window"] == window


def test_gaps_of_a_series_are_told_with_the_step_that_fills_them(clone: Path) -> None:
    days = pd.date_range("2024-01-01", periods=120)
    frame = pd.DataFrame({"day": days.strftime("%Y-%m-%d"), "x": np.sin(np.arange(120)).round(3)})
    frame.drop([5, 6, 30]).to_csv("values.csv", index=False)
    printed = new("values.csv", "--target", "x", "--time", "day", "--dry-run")
    assert "day: 2 of 116 steps are not the usual 1 day" in printed
    assert "`resample: {every: 1D, gaps: forward}`" in printed
    frame[days.day_of_week < 5].drop([7]).to_csv("values.csv", index=False)
    assert "usual" not in new("values.csv", "--target", "x", "--time", "day", "--dry-run")


def days_of_weather() -> pd.DataFrame:
    """A series with columns of all kinds."""
    number = np.arange(120)
    return pd.DataFrame(
        {
            "day": pd.date_range("2024-01-01", periods=120).strftime("%Y-%m-%d"),
            "degrees": np.sin(number / 9).round(3),
            "sky": [["blue", "white", "grey"][n % 3] for n in number],
            "weekend": ["yes" if n % 7 > 4 else "no" for n in number],
            "measured": pd.date_range("2024-01-02", periods=120).strftime("%m/%d/%Y"),
            "station": [f"station {n % 24}" for n in number],
            "remark": [f"remark of the day {n}" for n in number],
            "wet": ["dry" if n % 5 else "rain" for n in number],
        }
    )


def test_a_series_with_columns_of_all_kinds(clone: Path) -> None:
    """A window can have all of them but texts."""
    days_of_weather().to_csv("weather.csv", index=False)
    printed = new("weather.csv", "--target", "degrees", "--time", "day")
    conf = written("weather")["preprocess"]
    assert conf["columns"] == {
        "sky": "category",
        "weekend": "boolean",
        "measured": {"kind": "date", "format": "%m/%d/%Y"},
        "station": {"kind": "category", "encoding": "one_hot", "minimum_count": 5},
        "remark": "ignore",
        "wet": "category",
    }
    assert "inputs" not in conf
    assert "remark: texts, which the windows of a series cannot have; it is ignored" in printed


def test_a_class_and_a_value_of_a_series(clone: Path) -> None:
    days_of_weather().to_csv("weather.csv", index=False)
    new("weather.csv", "--target", "wet", "--target", "degrees", "--time", "day")
    conf = written("weather")
    assert conf["preprocess"]["labels"] == {"wet": "one_hot"}
    assert conf["preprocess"]["columns"]["wet"] == "category"
    assert conf["preprocess"]["steps"] == conf["preprocess"]["target_steps"] == [{"step": "minmax"}]
    assert conf["train"]["model"]["kind"] == "lstm"
    assert conf["evaluate"] == {"headline": "wet.accuracy"}


def test_a_series_of_whole_numbers_that_could_name_the_rows(clone: Path) -> None:
    """What is predicted is never left out of the inputs of a window."""
    days = pd.date_range("2024-01-01", periods=120).strftime("%Y-%m-%d")
    pd.DataFrame({"day": days, "no": range(120)}).to_csv("count.csv", index=False)
    new("count.csv", "--target", "no", "--time", "day")
    assert "columns" not in written("count")["preprocess"]


def test_a_table_of_dates_alone_is_scaled(clone: Path) -> None:
    frame = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=60), "size": np.arange(60) / 7})
    frame.to_csv("days.csv", index=False)
    new("days.csv", "--target", "size")
    assert written("days")["preprocess"]["steps"] == [{"step": "standard"}]


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
    "several unknown targets": (flowers(), ["--target", "knd", "--target", "lenght"], "did you mean length?"),
    "an unknown group": (flowers(), ["--target", "kind", "--group", "plnt"], "--group: no column 'plnt'"),
    "a target as group": (flowers(), ["--target", "kind", "--group", "kind"], "--group: kind is a target"),
    "a group with one row each": (
        flowers().assign(plant=range(60)),
        ["--target", "kind", "--group", "plant"],
        "--group: column plant has another value in each of 60 rows",
    ),
    "a group with gaps": (
        with_gap_in_target(),
        ["--target", "width", "--group", "kind"],
        "--group: column kind has no value in 1 of 60 rows",
    ),
    "a text as group": (
        grouped_flowers(),
        ["--target", "kind", "--text", "plant", "--group", "plant"],
        "--text, --group: both name plant; leave one out",
    ),
    "two groups": (
        flowers().assign(plant=["a", "b"] * 30),
        ["--target", "kind", "--group", "plant"],
        "--group: column plant has 2 values; at least 3 are needed",
    ),
    "a group of a series": (
        days_of_weather(),
        ["--target", "degrees", "--time", "day", "--group", "station"],
        "--group: the rows of a group are no series",
    ),
    "texts of a series": (
        days_of_weather(),
        ["--target", "degrees", "--time", "day", "--text", "remark"],
        "--text: the windows of a series cannot have texts",
    ),
    "an unknown model": (flowers(), ["--target", "kind", "--model", "lsmt"], "--model: no model 'lsmt'"),
    "a model of images": (flowers(), ["--target", "kind", "--model", "cnn"], "train.model: cnn needs images"),
    "a missing function": (flowers(), ["--target", "kind", "--model", "mine.py:build"], "conf/models/mine.py: not"),
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
def test_all_that_is_wrong_is_told_at_once(clone: Path) -> None:
    with_gap_in_target().to_csv("flowers.csv", index=False)
    reported = error("flowers.csv", "--target", "kind", "--group", "plnt")
    assert "column kind: no value in 1 of 60 rows" in reported
    assert "--group: no column 'plnt'" in reported


@pytest.mark.error_case("files that cannot become a dataset")
@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "empty"), (b"\x00\x01\x02\x03", "neither text with columns nor Parquet"), (b"PK\x03\x04broken", "zip")],
)
def test_what_is_no_table(content: bytes, message: str, clone: Path) -> None:
    Path("flowers.csv").write_bytes(content)
    assert message in error("flowers.csv", "--target", "kind")


@pytest.mark.error_case("files that cannot become a dataset")
def test_a_file_of_sqlite_names_the_option_for_queries(clone: Path) -> None:
    with closing(sqlite3.connect("shop.db")) as shop, shop:
        shop.execute("create table orders (id integer)")
    assert "shop.db: a database of SQLite; query it by --sql" in error("shop.db", "--target", "id")


@pytest.mark.error_case("files that cannot become a dataset")
def test_no_file(clone: Path) -> None:
    assert "flowers.csv: no such file" in error("flowers.csv", "--target", "kind")
    assert "conf: a folder without pictures" in error("conf", "--target", "kind")
