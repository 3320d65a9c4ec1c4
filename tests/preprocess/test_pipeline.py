import tracemalloc
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler, normalize

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.ragged_rows import RaggedRows
from stages.core.artefacts.raw import Images, RawData, Table, Tokens
from stages.core.columns.scaling import LinearScaling, apply_steps
from stages.core.errors import UserError
from stages.preprocess.params import Preprocess
from stages.preprocess.pipeline import PIECE, preprocess

RNG = np.random.default_rng(0)
FLOWERS = pd.DataFrame({"length": RNG.normal(5, 2, 40), "width": RNG.normal(3, 1, 40), "kind": ["rose", "tulip"] * 20})
TEN = pd.DataFrame({"value": np.arange(1.0, 11.0)})


def processed(raw: RawData, **params: Any) -> ProcessedData:
    return preprocess(raw, Preprocess.model_validate({"split": {}} | params))


def mistake(raw: RawData, **params: Any) -> str:
    with pytest.raises(UserError) as caught:
        processed(raw, **params)
    return str(caught.value)


def flowers(frame: pd.DataFrame = FLOWERS, **params: Any) -> ProcessedData:
    split = {"test": 0.2, "order": "chronological"}
    table = Table({"all": frame}, classes={"kind": ["rose", "tulip"]})
    return processed(table, **{"targets": "kind", "labels": "one_hot", "split": split} | params)


def test_fitted_on_the_training_rows_and_applied_to_all() -> None:
    data = flowers(steps=[{"step": "standard"}])
    rows = FLOWERS[["length", "width"]].to_numpy()
    scaler = StandardScaler().fit(rows[:32])
    np.testing.assert_allclose(data.inputs("train")["x"], scaler.transform(rows[:32]), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(data.inputs("test")["x"], scaler.transform(rows[32:]), rtol=1e-5, atol=1e-6)
    assert data.inputs("test")["x"].dtype == np.float32


@pytest.mark.parametrize("step", ["standard", "minmax", "robust", "maxabs", "maximum"])
def test_an_outlier_among_the_test_rows_changes_nothing_that_was_learned(step: str) -> None:
    spoilt = FLOWERS.copy()
    spoilt.loc[39, "length"] = 1e6
    honest, same = flowers(steps=[{"step": step}]), flowers(spoilt, steps=[{"step": step}])
    assert same.fitted.inputs == honest.fitted.inputs
    np.testing.assert_array_equal(same.inputs("train")["x"], honest.inputs("train")["x"])


def test_an_outlier_among_the_test_rows_is_not_dropped() -> None:
    spoilt = FLOWERS.copy()
    spoilt.loc[39, "length"] = 1e6
    data = flowers(spoilt, steps=[{"step": "drop_outliers", "above": 4}])
    assert data.fitted.dropped_outliers == 0
    assert data.fitted.splits == {"train": 32, "test": 8}


def test_standardise_drop_and_normalise_in_that_order() -> None:
    spoilt = FLOWERS.copy()
    spoilt.loc[7, "width"] = 100
    steps = [{"step": "standard"}, {"step": "drop_outliers", "above": 4}, {"step": "l2"}]
    data = flowers(spoilt, steps=steps)
    assert data.fitted.dropped_outliers == 1
    assert data.fitted.splits == {"train": 31, "test": 8}
    assert list(data.raw_row_numbers("train")) == [n for n in range(32) if n != 7]
    rows = spoilt[["length", "width"]].to_numpy()
    expected = normalize(StandardScaler().fit(rows[:32]).transform(rows))
    np.testing.assert_allclose(data.inputs("train")["x"], np.delete(expected[:32], 7, 0), rtol=1e-5)
    np.testing.assert_allclose(data.inputs("test")["x"], expected[32:], rtol=1e-5)
    assert data.truth("train")["kind"].tolist() == np.delete([0, 1] * 16, 7).tolist()


def test_labels_either_way() -> None:
    one_hot, integer = flowers(), flowers(labels="integer")
    assert one_hot.targets("test")["kind"][:2].tolist() == [[1, 0], [0, 1]]
    assert integer.targets("test")["kind"][:2].tolist() == [0, 1]
    assert one_hot.targets("test")["kind"].dtype == np.float32
    assert integer.targets("test")["kind"].dtype == np.int32
    assert one_hot.fitted.targets["kind"].classes == ["rose", "tulip"]


def test_a_new_row_is_treated_by_what_was_written_down() -> None:
    data = flowers(steps=[{"step": "robust"}, {"step": "l2"}])
    row = FLOWERS.loc[[35], ["length", "width"]].to_numpy()
    np.testing.assert_allclose(
        apply_steps(data.fitted.inputs["x"].steps, row)[0], data.inputs("test")["x"][3], rtol=1e-5
    )


def test_a_target_stays_as_it_is_unless_asked() -> None:
    table = Table({"all": FLOWERS[["length", "width"]]})
    plain = processed(table, targets="width")
    np.testing.assert_allclose(plain.targets("train")["width"][:, 0], FLOWERS["width"], rtol=1e-6)
    assert plain.targets("train")["width"].dtype == np.float32
    scaled = processed(table, targets="width", target_steps=[{"step": "standard"}])
    np.testing.assert_allclose(scaled.targets("train")["width"].std(), 1, rtol=1e-5)
    np.testing.assert_allclose(scaled.truth("train")["width"][:, 0], FLOWERS["width"], rtol=1e-5)


def test_each_of_several_targets_is_scaled_by_itself() -> None:
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


def test_classes_are_not_scaled() -> None:
    table = Table({"all": FLOWERS})
    text = mistake(table, targets="kind", labels="one_hot", target_steps=[{"step": "standard"}])
    assert text == "preprocess.target_steps: they scale values, but every target is a class; take them out"


WINDOW = {"length": 3, "stride": 2, "horizon": 1}


def test_windows_never_cross_from_one_split_into_another() -> None:
    data = processed(
        Table({"all": TEN}, kind="series"),
        targets="value",
        split={"test": 4, "order": "chronological"},
        window=WINDOW,
    )
    assert data.fitted.splits == {"train": 2, "test": 1}
    assert data.inputs("train")["x"][..., 0].tolist() == [[1, 2, 3], [3, 4, 5]]
    assert data.truth("train")["value"].tolist() == [[4], [6]]
    assert data.inputs("test")["x"][..., 0].tolist() == [[7, 8, 9]]
    assert data.truth("test")["value"].tolist() == [[10]]
    assert list(data.raw_row_numbers("test")) == [9]
    assert data.fitted.inputs["x"].shape == [3, 1]


SCALED: dict[str, Any] = {"steps": [{"step": "minmax"}], "target_steps": [{"step": "minmax"}]}


def test_a_target_scaled_as_the_input_has_it_is_stored_there() -> None:
    frame = TEN.assign(double=TEN["value"] * 2)
    split = {"test": 4, "order": "chronological"}
    data = processed(Table({"all": frame}, kind="series"), targets="double", split=split, window=WINDOW, **SCALED)
    assert data.fitted.targets["double"].stored_in_input == "x"
    for part in data.splits.values():
        assert np.shares_memory(part.targets["double"], part.inputs["x"])
    np.testing.assert_allclose(data.truth("train")["double"], [[8], [12]], rtol=1e-6)
    np.testing.assert_allclose(data.targets("test")["double"], [[1.8]], rtol=1e-6)


@pytest.mark.parametrize(
    "changed", [{"target_steps": []}, {"inputs": ["double"]}, {"target_steps": [{"step": "maxabs"}]}]
)
def test_a_target_that_no_input_has_so_is_stored_by_itself(changed: dict[str, Any]) -> None:
    frame = TEN.assign(double=TEN["value"] * 2)
    asked = {"targets": "value", "split": {"order": "chronological"}, "window": WINDOW} | SCALED | changed
    data = processed(Table({"all": frame}, kind="series"), **asked)
    assert data.fitted.targets["value"].stored_in_input is None
    np.testing.assert_allclose(data.truth("train")["value"], [[4], [6], [8], [10]], rtol=1e-6)


def test_a_long_series_takes_its_own_room_and_that_of_a_piece() -> None:
    rows = 1_000_000
    raw = Table({"all": pd.DataFrame({"value": RNG.normal(size=rows)})}, kind="series")
    asked = {"targets": "value", "split": {"test": 0.1, "order": "chronological"}, "window": {"length": 50}, **SCALED}
    processed(raw, **asked)  # libraries are loaded
    tracemalloc.start()
    data = processed(raw, **asked)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    stored = [part.inputs["x"] for part in data.splits.values()]
    assert sum(x.nbytes for x in stored if isinstance(x, np.ndarray)) == 4 * rows
    assert peak < 4 * rows + 3 * 8 * PIECE
    assert {n: part.rows for n, part in data.splits.items()} == {
        "train": range(900_000),
        "test": range(900_000, rows),
    }


def test_windows_over_several_columns_in_and_out() -> None:
    frame = TEN.assign(double=TEN["value"] * 2)
    split = {"order": "chronological"}
    data = processed(Table({"all": frame}, kind="series"), targets=["double", "value"], split=split, window=WINDOW)
    assert data.inputs("train")["x"][0].tolist() == [[1, 2], [2, 4], [3, 6]]
    assert data.truth("train")["y"].tolist() == [[8, 4], [12, 6], [16, 8], [20, 10]]


def test_a_window_longer_than_the_series_is_told_for_every_split() -> None:
    split = {"test": 2, "order": "chronological"}
    text = mistake(Table({"all": TEN}, kind="series"), targets="value", split=split, window={"length": 8})
    assert text.splitlines() == [
        "preprocess.window: length 8 and horizon 1 need 9 rows, but the train split has 8; "
        "use a shorter window or a larger split",
        "preprocess.window: length 8 and horizon 1 need 9 rows, but the test split has 2; "
        "use a shorter window or a larger split",
    ]


def test_scaling_a_series_learns_nothing_from_its_future() -> None:
    split = {"test": 4, "order": "chronological"}
    data = processed(
        Table({"all": TEN}, kind="series"), targets="value", split=split, window=WINDOW, steps=[{"step": "minmax"}]
    )
    np.testing.assert_allclose(data.inputs("test")["x"][0, :, 0], [1.2, 1.4, 1.6], rtol=1e-6)


def test_pictures_stay_bytes_and_are_scaled_when_looked_at() -> None:
    pictures = RNG.integers(0, 256, (10, 28, 28), dtype=np.uint8)
    raw = Images({"all": pictures}, {"all": np.arange(10) % 2}, ["dark", "bright"])
    steps = [{"step": "divide", "by": 255}, {"step": "l2", "axis": 1}]
    data = processed(raw, labels="integer", split={"test": 2, "order": "first"}, steps=steps)
    stored = data.splits["test"].inputs["image"]
    assert isinstance(stored, np.ndarray)
    np.testing.assert_array_equal(stored[..., 0], pictures[:2], strict=True)
    assert np.shares_memory(stored, pictures)
    expected = normalize(pictures[1].astype(float), axis=0)
    np.testing.assert_allclose(data.inputs("test")["image"][1, ..., 0], expected, rtol=1e-5)
    assert data.fitted.inputs["image"].shape == [28, 28, 1]


def wires(**params: Any) -> ProcessedData:
    """Eight texts to train on and two to test, text n made of the words n and 1; the eighth is text 3 again."""
    ids = [[n, 1] for n in range(2, 9)] + [[1, 4]]
    raw = Tokens(
        ids={"train": np.ravel(ids), "test": np.array([2, 1, 1, 99])},
        offsets={"train": np.arange(9) * 2, "test": np.array([0, 3, 4])},
        labels={"train": np.arange(8) % 2, "test": np.array([1, 0])},
        classes=["sport", "trade"],
    )
    usual = {"labels": "integer", "words": {"most": 10}, "split": {"test": "given", "validation": 3, "order": "first"}}
    return processed(raw, **usual | params)


def test_of_texts_the_first_ones_validate_and_the_given_ones_test() -> None:
    data = wires()
    assert data.fitted.splits == {"train": 5, "validation": 3, "test": 2}
    assert list(data.raw_row_numbers("validation")) == [0, 1, 2]
    assert list(data.raw_row_numbers("train")) == [3, 4, 5, 6, 7]
    assert list(data.raw_row_numbers("test")) == [8, 9]
    assert data.truth("train")["label"].tolist() == [1, 0, 1, 0, 1]
    np.testing.assert_array_equal(np.flatnonzero(data.inputs("validation")["text"][1]), [1, 3])


def test_texts_stay_ids_and_say_so() -> None:
    data = wires(words={"most": 6, "rare": 0})
    spec = data.fitted.inputs["text"]
    assert (spec.shape, spec.multi_hot, spec.steps) == ([6], True, [])
    assert isinstance(data.splits["train"].inputs["text"], RaggedRows)
    assert data.inputs("test")["text"].tolist() == [[0, 1, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0]]


def test_held_out_texts_of_the_same_words_are_counted() -> None:
    """Text 2 has the words of the eighth, in another order; the first test text those of text 0, which validates."""
    assert wires().fitted.seen_in_training == {"validation": 1, "test": 0}


def test_texts_balance_their_classes() -> None:
    data = wires(split={"test": "given", "validation": 4, "order": "stratified"})
    assert sorted(data.truth("validation")["label"].tolist()) == [0, 0, 1, 1]


def test_held_out_rows_that_training_saw_are_counted() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0, 2.0, 1.0, 9.0], "b": [0.0, 1.0, 0.0, 1.0, 5.0, 1.0]})
    data = processed(Table({"all": frame.assign(y=range(6))}), targets="y", split={"test": 3, "order": "chronological"})
    assert data.fitted.seen_in_training == {"test": 1}


def test_the_same_seed_gives_the_same_arrays_and_another_one_others() -> None:
    def drawn(seed: int) -> ProcessedData:
        return flowers(split={"test": 0.5, "order": "stratified", "seed": seed}, steps=[{"step": "standard"}])

    np.testing.assert_array_equal(drawn(1).inputs("test")["x"], drawn(1).inputs("test")["x"])
    assert not np.array_equal(drawn(1).raw_row_numbers("test"), drawn(2).raw_row_numbers("test"))


def test_an_empty_table() -> None:
    text = mistake(Table({"all": FLOWERS[:0]}), targets="kind", labels="one_hot")
    assert "of 0 rows leaves no rows to train on" in text


def test_a_window_does_not_cross_the_seam_of_two_series_that_came_apart() -> None:
    """Both would go into training as one series, with a step in it that never was."""
    two = Table({"old": TEN, "new": TEN}, kind="series")
    window = {"targets": "value", "split": {"order": "chronological"}, "window": {"length": 3}}
    assert mistake(two, **window).startswith("preprocess.window: the train split joins old and new, and a window")


def test_a_window_may_lie_in_each_of_the_splits_that_came() -> None:
    two = Table({"train": TEN, "test": TEN}, kind="series")
    data = processed(two, targets="value", split={"test": "given", "order": "chronological"}, window={"length": 3})
    assert data.fitted.splits == {"train": 7, "test": 7}
