import re
import tracemalloc
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler, normalize

from stages.core.artefacts.processed import Fitted, ProcessedData
from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.number_columns import BLOCK_ROWS
from stages.core.columns.scaling import LinearScaling
from stages.core.errors import UserError
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess

RANDOM = np.random.default_rng(0)
FLOWERS = pd.DataFrame(
    {"length": RANDOM.normal(5, 2, 40), "width": RANDOM.normal(3, 1, 40), "kind": ["rose", "tulip"] * 20}
)
OUTLIER_IN_TEST = FLOWERS.assign(length=FLOWERS["length"].where(FLOWERS.index != 39, 1e6))
TEN = pd.DataFrame({"value": np.arange(1.0, 11.0)})
DOUBLED = TEN.assign(double=TEN["value"] * 2)
WINDOW = {"length": 3, "stride": 2, "horizon": 1}
MINMAX: dict[str, Any] = {"steps": [{"step": "minmax"}], "target_steps": [{"step": "minmax"}]}
LAST_FOUR = {"test": 4, "order": "chronological"}


def processed(raw: RawData, **params: Any) -> ProcessedData:
    return preprocess(raw, Preprocess.model_validate({"split": {}} | params))


def flowers(frame: pd.DataFrame = FLOWERS, **params: Any) -> ProcessedData:
    """The last 8 of 40 rows are test rows."""
    split = {"test": 0.2, "order": "chronological"}
    table = Table({"all": frame}, classes={"kind": ["rose", "tulip"]})
    return processed(table, **{"targets": "kind", "labels": "one_hot", "split": split} | params)


def series(frame: pd.DataFrame, **params: Any) -> ProcessedData:
    return processed(Table({"all": frame}, kind="series"), **{"split": LAST_FOUR, "window": WINDOW} | params)


def test_steps_are_fitted_on_training_rows_and_applied_to_all() -> None:
    data = flowers(steps=[{"step": "standard"}])
    rows = FLOWERS[["length", "width"]].to_numpy()
    scaler = StandardScaler().fit(rows[:32])
    np.testing.assert_allclose(data.inputs("train")["x"], scaler.transform(rows[:32]), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(data.inputs("test")["x"], scaler.transform(rows[32:]), rtol=1e-5, atol=1e-6)
    assert data.inputs("test")["x"].dtype == np.float32


TEXTS = ["free entry now", "see you at home", "call me, it's free", "are you home?"]
KINDS = pd.DataFrame(
    {
        "price": np.arange(40.0),
        "age": RANDOM.normal(40, 9, 40),
        "gaps": np.where(RANDOM.random(40) < 0.2, np.nan, 1.0) * RANDOM.integers(0, 9, 40),
        "port": RANDOM.choice(np.array(["S", "C", "Q"], object), 40),
        "town": RANDOM.choice(np.array([f"town {n}" for n in range(30)], object), 40),
        "alone": RANDOM.choice(np.array(["yes", "no"], object), 40),
        "born": pd.date_range("2020-01-01", periods=40).strftime("%Y-%m-%d"),
        **{f"text {form}": RANDOM.choice(np.array(TEXTS, object), 40) for form in ("multi_hot", "tf_idf", "ids")},
    }
)
KINDS_PARAMS: dict[str, Any] = {
    "targets": "price",
    "columns": {
        "gaps": {"kind": "number", "missing": "median", "missing_indicator": True},
        "town": {"kind": "category", "encoding": "embedding", "missing": "category", "minimum_count": 2},
        "port": {"kind": "category", "missing": "most_frequent"},
        "alone": {"kind": "boolean", "missing": "most_frequent"},
        "born": {"kind": "date", "missing": "median"},
        **{
            f"text {form}": {"kind": "text", "form": form, "missing": "empty"}
            for form in ("multi_hot", "tf_idf", "ids")
        },
    },
    "steps": [{"step": "standard"}],
    "target_steps": [{"step": "minmax"}],
}


def test_no_text_of_a_private_column_is_in_what_was_fitted() -> None:
    private = ["port", "town", *(name for name in KINDS if name.startswith("text "))]
    secret = {"Q", "entry", "home", "free", *KINDS["town"]}
    shown, hidden = (
        strings_in(processed(Table({"all": KINDS}, private=names), **KINDS_PARAMS, split={"test": 0.2}).fitted)
        for names in ([], private)
    )
    assert {"Q", "free", "home"} < secret & shown
    assert secret & hidden == set()


def strings_in(fitted: Fitted) -> set[str]:
    """All texts of fitted.json, and the words of each."""
    texts = re.findall(r'"([^"]*)"', fitted.model_dump_json())
    return {*texts, *(word for text in texts for word in text.split())}


@pytest.mark.parametrize("order", ["chronological", "test_first", "shuffled"])
@pytest.mark.parametrize("column", KINDS.columns)
def test_a_changed_test_value_changes_nothing_that_was_fitted_for_any_kind(column: str, order: str) -> None:
    params = KINDS_PARAMS | {"split": {"test": 0.2, "validation": 0.1, "order": order}}
    expected = processed(Table({"all": KINDS}), **params)
    changed = KINDS.copy()
    rows = np.concatenate([np.asarray(expected.splits[split].rows) for split in ("validation", "test")])
    changed.loc[rows[0], column] = {"price": 1e4, "age": 1e6, "gaps": 77, "alone": "no", "born": "1990-05-05"}.get(
        column, "never seen"
    )
    if column not in ("price", "age"):
        changed.loc[rows[1], column] = None
    data = processed(Table({"all": changed}), **params)
    assert data.fitted.inputs == expected.fitted.inputs
    assert data.fitted.targets == expected.fitted.targets
    for name, rows_of_input in data.inputs("train").items():
        np.testing.assert_array_equal(rows_of_input, expected.inputs("train")[name])


@pytest.mark.parametrize(
    ("column", "kind", "solution"),
    [
        ("text ids", {"kind": "text", "form": "ids"}, "set its kind to ignore"),
        ("text tf_idf", {"kind": "text", "form": "tf_idf"}, "set its kind to ignore"),
    ],
)
def test_no_window_over_texts(column: str, kind: dict[str, Any], solution: str) -> None:
    split = {"test": 10, "order": "chronological"}
    params = {"inputs": ["age", column], "targets": "price", "split": split, "window": {"length": 3}}
    with pytest.raises(UserError, match=rf"preprocess.window: column {column} .*{solution}"):
        processed(Table({"all": KINDS}, kind="series"), columns={column: kind}, **params)


def test_a_window_over_categories_by_embedding_has_a_number_in_each_step() -> None:
    split = {"test": 10, "order": "chronological"}
    params = {"inputs": ["age", "port"], "targets": "price", "split": split, "window": {"length": 3}}
    columns = {"port": {"kind": "category", "encoding": "embedding", "missing": "category"}}
    data = processed(Table({"all": KINDS}, kind="series"), columns=columns, **params)
    assert data.fitted.inputs["port"].shape == [3, 1]
    ids = data.inputs("train")["port"]
    assert ids.dtype == np.int32
    assert ids.shape == (27, 3, 1)
    names = ["other", "missing", "C", "Q", "S"]
    assert [names[number] for number in ids[4, :, 0]] == KINDS["port"][4:7].tolist()
    assert data.inputs("train")["x"].shape == (27, 3, 1)


def test_columns_of_several_kinds_are_scaled_where_they_are_numbers() -> None:
    data = processed(Table({"all": KINDS}), **KINDS_PARAMS | {"split": {"test": 0.2, "order": "chronological"}})
    x = data.inputs("train")["x"]
    column = data.fitted.inputs["x"].column
    assert isinstance(column, FeatureMatrix)
    position = {name: number for number, name in enumerate(column.outputs)}
    np.testing.assert_allclose(x[:, position["age"]], scale_standard(KINDS["age"][:32]), rtol=1e-5)
    filled = KINDS["gaps"].fillna(KINDS["gaps"][:32].median())[:32]
    np.testing.assert_allclose(x[:, position["gaps"]], scale_standard(filled), rtol=1e-5)
    np.testing.assert_array_equal(x[:, position["gaps missing"]], KINDS["gaps"].isna()[:32])
    np.testing.assert_array_equal(x[:, position["port=S"]], KINDS["port"][:32] == "S")
    np.testing.assert_allclose(x[:, position["born days"]], scale_standard(pd.Series(np.arange(32))), rtol=1e-5)
    assert data.inputs("train")["town"].dtype == np.int32


def scale_standard(values: "pd.Series[Any]") -> Any:
    return StandardScaler().fit_transform(values.to_numpy()[:, None])[:, 0]


@pytest.mark.parametrize("step", ["standard", "minmax", "robust", "maxabs", "maximum"])
def test_an_outlier_in_test_changes_nothing_that_was_fitted(step: str) -> None:
    expected, data = flowers(steps=[{"step": step}]), flowers(OUTLIER_IN_TEST, steps=[{"step": step}])
    assert data.fitted.inputs == expected.fitted.inputs
    np.testing.assert_array_equal(data.inputs("train")["x"], expected.inputs("train")["x"])


def test_an_outlier_in_test_is_not_dropped() -> None:
    data = flowers(OUTLIER_IN_TEST, steps=[{"step": "drop_outliers", "above": 4}])
    assert data.fitted.dropped_outliers == 0
    assert data.fitted.splits == {"train": 32, "test": 8}


def test_standardise_drop_outliers_normalise() -> None:
    with_outlier = FLOWERS.assign(width=FLOWERS["width"].where(FLOWERS.index != 7, 100))
    data = flowers(with_outlier, steps=[{"step": "standard"}, {"step": "drop_outliers", "above": 4}, {"step": "l2"}])
    assert data.fitted.dropped_outliers == 1
    assert data.fitted.splits == {"train": 31, "test": 8}
    assert list(data.raw_row_numbers("train")) == [n for n in range(32) if n != 7]
    rows = with_outlier[["length", "width"]].to_numpy()
    expected = normalize(StandardScaler().fit(rows[:32]).transform(rows))
    np.testing.assert_allclose(data.inputs("train")["x"], np.delete(expected[:32], 7, 0), rtol=1e-5)
    np.testing.assert_allclose(data.inputs("test")["x"], expected[32:], rtol=1e-5)
    assert data.truth("train")["kind"].tolist() == np.delete([0, 1] * 16, 7).tolist()


def test_both_encodings_of_labels() -> None:
    one_hot, integer = flowers(), flowers(labels="integer")
    assert one_hot.targets("test")["kind"][:2].tolist() == [[1, 0], [0, 1]]
    assert integer.targets("test")["kind"][:2].tolist() == [0, 1]
    assert one_hot.targets("test")["kind"].dtype == np.float32
    assert integer.targets("test")["kind"].dtype == np.int32


def test_the_fitted_column_transforms_a_new_row() -> None:
    data = flowers(steps=[{"step": "robust"}, {"step": "l2"}])
    row = FLOWERS.loc[[35], ["length", "width"]].to_numpy()
    column = data.fitted.inputs["x"].column
    np.testing.assert_array_equal(column.to_batch(column.transform(row))[0], data.inputs("test")["x"][3])


def test_a_target_is_scaled_only_by_target_steps() -> None:
    table = Table({"all": FLOWERS[["length", "width"]]})
    plain = processed(table, targets="width")
    np.testing.assert_allclose(plain.targets("train")["width"][:, 0], FLOWERS["width"], rtol=1e-6)
    assert plain.targets("train")["width"].dtype == np.float32
    scaled = processed(table, targets="width", target_steps=[{"step": "standard"}])
    np.testing.assert_allclose(scaled.targets("train")["width"].std(), 1, rtol=1e-5)
    np.testing.assert_allclose(scaled.truth("train")["width"][:, 0], FLOWERS["width"], rtol=1e-5)


def test_each_of_several_targets_has_its_own_scaling() -> None:
    table = Table({"all": FLOWERS.assign(age=range(40), height=range(40))})
    data = processed(
        table,
        inputs=["age"],
        targets={"size": ["length", "width"], "kind": "kind", "tall": "height"},
        labels={"kind": "integer"},
        target_steps=[{"step": "minmax", "columns": ["width", "height"]}],
    )
    size, kind, tall = (data.fitted.targets[name].steps for name in ("size", "kind", "tall"))
    assert isinstance(size[0], LinearScaling)
    assert (size[0].offset[0], size[0].scale[0]) == (0.0, 1.0)
    assert data.targets("train")["size"][:, 1].max() == pytest.approx(1)
    assert data.targets("train")["tall"].max() == pytest.approx(1)
    assert kind == []
    assert len(tall) == 1


@pytest.mark.parametrize(
    ("frame", "params", "message"),
    [
        (FLOWERS, {"target_steps": [{"step": "standard"}]}, "preprocess.target_steps: .* every target is a class"),
        (
            FLOWERS,
            {"steps": [{"step": "divide", "by": 1e-300}]},
            "preprocess: column .*: the steps .* too large for 32 bits",
        ),
        (FLOWERS[:0], {"split": {}}, "of 0 rows leaves no rows to train on"),
    ],
)
def test_errors(frame: pd.DataFrame, params: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        flowers(frame, **params)


def test_windows_of_a_series() -> None:
    data = series(TEN, targets="value")
    assert data.fitted.splits == {"train": 2, "test": 2}
    assert data.inputs("train")["x"][..., 0].tolist() == [[1, 2, 3], [3, 4, 5]]
    assert data.truth("train")["value"].tolist() == [[4], [6]]
    assert data.inputs("test")["x"][..., 0].tolist() == [[4, 5, 6], [6, 7, 8]]
    assert data.truth("test")["value"].tolist() == [[7], [9]]
    assert list(data.raw_row_numbers("test")) == [6, 8]
    assert data.fitted.inputs["x"].shape == [3, 1]


def test_windows_over_several_columns() -> None:
    data = series(DOUBLED, targets=["double", "value"], split={"order": "chronological"})
    assert data.inputs("train")["x"][0].tolist() == [[1, 2], [2, 4], [3, 6]]
    assert data.truth("train")["y"].tolist() == [[8, 4], [12, 6], [16, 8], [20, 10]]


def test_a_series_is_scaled_without_its_test_rows() -> None:
    data = series(TEN, targets="value", steps=[{"step": "minmax"}])
    np.testing.assert_allclose(data.inputs("test")["x"][1, :, 0], [1.0, 1.2, 1.4], rtol=1e-6)


def test_a_target_with_the_scaling_of_the_input_is_stored_there() -> None:
    data = series(DOUBLED, targets="double", **MINMAX)
    assert data.fitted.targets["double"].stored_in_input == "x"
    for part in data.splits.values():
        assert np.shares_memory(part.targets["double"], part.inputs["x"])
    np.testing.assert_allclose(data.truth("train")["double"], [[8], [12]], rtol=1e-6)
    np.testing.assert_allclose(data.targets("test")["double"], [[1.2], [1.6]], rtol=1e-6)


@pytest.mark.parametrize(
    "changed", [{"target_steps": []}, {"inputs": ["double"]}, {"target_steps": [{"step": "maxabs"}]}]
)
def test_other_targets_are_stored_separately(changed: dict[str, Any]) -> None:
    data = series(DOUBLED, **{"targets": "value", "split": {"order": "chronological"}} | MINMAX | changed)
    assert data.fitted.targets["value"].stored_in_input is None
    np.testing.assert_allclose(data.truth("train")["value"], [[4], [6], [8], [10]], rtol=1e-6)


def test_a_long_series_needs_the_memory_of_its_stored_array_and_of_a_block() -> None:
    rows = 1_000_000
    frame = pd.DataFrame({"value": RANDOM.normal(size=rows)})
    params = {"targets": "value", "split": {"test": 0.1, "order": "chronological"}, "window": {"length": 50}, **MINMAX}
    series(frame[:1000], **params)  # loads the libraries
    tracemalloc.start()
    data = series(frame, **params)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    stored = [part.inputs["x"] for part in data.splits.values()]
    # The test split has the 50 rows before it too.
    assert sum(x.nbytes for x in stored if isinstance(x, np.ndarray)) == 4 * (rows + 50)
    assert peak < 4 * rows + 3 * 8 * BLOCK_ROWS
    assert {n: part.rows for n, part in data.splits.items()} == {
        "train": range(900_000),
        "test": range(899_950, rows),
    }


def test_images_stay_bytes_and_are_scaled_in_batches() -> None:
    pixels = RANDOM.integers(0, 256, (10, 28, 28), dtype=np.uint8)
    raw = Images({"all": pixels}, {"all": np.arange(10) % 2}, ["dark", "bright"])
    steps = [{"step": "divide", "by": 255}, {"step": "l2", "axis": 1}]
    data = processed(raw, labels="integer", split={"test": 2, "order": "test_first"}, steps=steps)
    stored = data.splits["test"].inputs["image"]
    assert isinstance(stored, np.ndarray)
    np.testing.assert_array_equal(stored[..., 0], pixels[:2], strict=True)
    assert np.shares_memory(stored, pixels)
    expected = normalize(pixels[1].astype(float), axis=0)
    np.testing.assert_allclose(data.inputs("test")["image"][1, ..., 0], expected, rtol=1e-5)
    assert data.fitted.inputs["image"].shape == [28, 28, 1]


def texts(**params: Any) -> ProcessedData:
    """Eight training texts, text n with the ids n + 2 and 1, but the eighth with the ids of text 2; two test texts."""
    ids = [[n, 1] for n in range(2, 9)] + [[1, 4]]
    raw = Tokens(
        ids={"train": np.ravel(ids), "test": np.array([2, 1, 1, 99])},
        offsets={"train": np.arange(9) * 2, "test": np.array([0, 3, 4])},
        labels={"train": np.arange(8) % 2, "test": np.array([1, 0])},
        classes=["sport", "trade"],
    )
    usual = {
        "labels": "integer",
        "words": {"vocabulary_size": 10},
        "split": {"test": "given", "validation": 3, "order": "test_first"},
    }
    return processed(raw, **usual | params)


def test_texts_are_split() -> None:
    data = texts()
    assert data.fitted.splits == {"train": 5, "validation": 3, "test": 2}
    assert list(data.raw_row_numbers("validation")) == [0, 1, 2]
    assert list(data.raw_row_numbers("train")) == [3, 4, 5, 6, 7]
    assert list(data.raw_row_numbers("test")) == [8, 9]
    assert data.truth("train")["label"].tolist() == [1, 0, 1, 0, 1]
    np.testing.assert_array_equal(np.flatnonzero(data.inputs("validation")["text"][1]), [1, 3])
    stratified = texts(split={"test": "given", "validation": 4, "order": "stratified"})
    assert sorted(stratified.truth("validation")["label"].tolist()) == [0, 0, 1, 1]


def test_texts_are_stored_as_ids() -> None:
    data = texts(words={"vocabulary_size": 6, "unknown_id": 0})
    spec = data.fitted.inputs["text"]
    assert (spec.shape, spec.sparse, spec.steps) == ([6], True, [])
    assert isinstance(data.splits["train"].inputs["text"], RaggedRows)
    assert data.inputs("test")["text"].tolist() == [[0, 1, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0]]


def test_samples_that_are_also_in_training_are_counted() -> None:
    """Validation text 2 has the ids of the eighth text; the first test text those of text 0, a validation text."""
    assert texts().fitted.seen_in_training == {"validation": 1, "test": 0}
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0, 2.0, 1.0, 9.0], "b": [0.0, 1.0, 0.0, 1.0, 5.0, 1.0]})
    data = processed(Table({"all": frame.assign(y=range(6))}), targets="y", split={"test": 3, "order": "chronological"})
    assert data.fitted.seen_in_training == {"test": 1}


def test_the_seed_decides_the_arrays() -> None:
    def drawn(seed: int) -> ProcessedData:
        return flowers(split={"test": 0.5, "order": "stratified", "seed": seed}, steps=[{"step": "standard"}])

    np.testing.assert_array_equal(drawn(1).inputs("test")["x"], drawn(1).inputs("test")["x"])
    assert not np.array_equal(drawn(1).raw_row_numbers("test"), drawn(2).raw_row_numbers("test"))


@pytest.mark.error_case("logarithm")
@pytest.mark.parametrize("row", [1, 9])
@pytest.mark.parametrize("steps", [["log"], ["log", "standard"], ["log_return", "minmax"], ["log", "relative_to_last"]])
@pytest.mark.parametrize("key", ["steps", "target_steps"])
def test_a_number_that_has_no_logarithm(key: str, steps: list[str], row: int) -> None:
    """In a training row or a test row, before a scaler or not."""
    frame = TEN.assign(value=TEN["value"].where(TEN.index != row, 0.0))
    with pytest.raises(UserError) as caught:
        series(frame, targets="value", inputs=["value"], **{key: [{"step": step} for step in steps]})
    assert caught.value.messages == (
        "preprocess: column value: the steps give no finite number; log and log_return need numbers above 0: give log "
        "a larger `plus`, or `columns` without this one",
    )


def test_steps_of_series_leave_inputs_without_numbers_alone() -> None:
    """Of several inputs, one may have no numbers."""
    frame = TEN.assign(kind=["a", "b"] * 5)
    steps = [{"step": "log"}, {"step": "relative_to_last"}, {"step": "standard", "center": False}]
    data = series(frame, targets="value", inputs={"numbers": ["value"], "kinds": ["kind"]}, steps=steps)
    assert data.inputs("train")["kinds"][0].tolist() == [[1, 0], [0, 1], [1, 0]]
    assert len(data.fitted.inputs["numbers"].window_steps) == 2
