import random
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from stages.core.errors import UserError
from stages.export.litert.convert_model import convert_model
from stages.inference.litert import litert_model
from stages.inference.litert.litert_model import BATCH, MANY_ROWS, litert_runner, load_litert_model
from tests.inference.linear_model import linear_model
from tests.train.small_data import category_ids_input, fitted_data, input_spec, text_input, value_target

FITTED = fitted_data({"x": input_spec(3)}, {"y": value_target()})


@pytest.fixture(scope="module")
def content() -> bytes:
    """y = 2 (x1 + x2 + x3) + 1"""
    return convert_model(linear_model(2, 1, (3,)), FITTED)


@pytest.fixture
def path(tmp_path: Path, content: bytes) -> Path:
    (tmp_path / "model.tflite").write_bytes(content)
    return tmp_path / "model.tflite"


def rows_of(*sums: float) -> Mapping[str, Any]:
    """Rows with these sums."""
    return {"x": np.array([[0, total, 0] for total in sums], np.float32)}


def test_any_number_of_rows_in_any_order_of_calls(path: Path) -> None:
    run_model, batch = load_litert_model(path, FITTED)
    assert batch == BATCH
    for sums in ([1], [1, 2, 3], [4], [5], range(BATCH), [6, 7, 8], range(1000)):
        assert run_model(rows_of(*sums))["y"].tolist() == [[2 * total + 1] for total in sums]


def test_outputs_of_a_call_stay_as_they_are(path: Path) -> None:
    run_model, _ = load_litert_model(path, FITTED)
    first = run_model(rows_of(1, 2))["y"]
    run_model(rows_of(3, 4))
    run_model(rows_of(5))
    assert first.tolist() == [[3], [5]]


def test_arrays_need_not_be_contiguous_nor_of_32_bits(path: Path) -> None:
    run_model, _ = load_litert_model(path, FITTED)
    windows = np.lib.stride_tricks.sliding_window_view(np.arange(5.0), 3)
    assert run_model({"x": windows})["y"].tolist() == [[7], [13], [19]]


def test_several_threads_may_call(path: Path) -> None:
    run_model, _ = load_litert_model(path, FITTED)
    found: set[tuple[float, ...]] = set()

    def call_often(count: int) -> None:
        for _ in range(200):
            found.add(tuple(run_model(rows_of(*range(count)))["y"][:, 0].tolist()))

    threads = [threading.Thread(target=call_often, args=[count]) for count in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {(1,), (1, 3), (1, 3, 5)}


def test_many_rows_use_all_cores_and_few_rows_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []

    def interpreter(num_threads: int, **arguments: Any) -> Interpreter:
        threads.append(num_threads)
        return Interpreter(num_threads=num_threads, **arguments)

    monkeypatch.setattr(litert_model, "Interpreter", interpreter)
    monkeypatch.setattr(litert_model, "usable_cores", lambda: 3)
    run_model, batch = load_litert_model(path, FITTED)
    for count in (1, MANY_ROWS - 1):
        run_model(rows_of(*range(count)))
    assert threads == [1]
    for count in (MANY_ROWS, batch):
        assert run_model(rows_of(*range(count)))["y"][:, 0].tolist() == [2 * total + 1 for total in range(count)]
    assert threads == [1, 3]


def test_ids_and_multi_hot_rows() -> None:
    fitted = fitted_data({"port": category_ids_input(4), "words": text_input(5)}, {"y": value_target()})
    port, words = keras.Input((1,), name="port", dtype="int32"), keras.Input((5,), name="words", sparse=True)
    vectors = keras.layers.Flatten()(keras.layers.Embedding(6, 5, name="embedding")(port))
    model = keras.Model({"port": port, "words": words}, {"y": keras.layers.Dot(1)([vectors, words])})
    model.get_layer("embedding").set_weights([np.arange(30).reshape(6, 5)])
    run_model, _ = litert_runner(convert_model(model, fitted), fitted)
    rows = {"port": np.array([[0], [5]], np.int32), "words": np.array([[1, 0, 0, 0, 1], [0, 0, 0, 0, 0]], np.float32)}
    assert run_model(rows)["y"].tolist() == [[4], [0]]


@pytest.mark.error_case("damaged files")
def test_damaged_files_are_refused(path: Path, content: bytes) -> None:
    texts = [content[:length] for length in range(0, len(content), 61)]
    texts += [b"", b"TFL3", b"no model", content[:4] + b"TFL4" + content[8:], random.Random(1).randbytes(2000)]
    for text in texts:
        path.write_bytes(text)
        with pytest.raises(UserError) as caught:
            load_litert_model(path, FITTED)
        assert caught.value.messages == (f"{path}: damaged, or not a LiteRT model; export the model again",)


@pytest.mark.error_case("damaged files")
def test_a_missing_file_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"missing\.tflite: No such file or directory; export the model again"):
        load_litert_model(tmp_path / "missing.tflite", FITTED)


@pytest.mark.error_case("damaged files")
@pytest.mark.parametrize(
    ("inputs", "targets", "messages"),
    [
        ({"z": input_spec(3)}, ["y"], ["takes x (float32 [3]), but fitted.json has z (float32 [3])"]),
        ({"x": input_spec(4)}, ["y"], ["takes x (float32 [3]), but fitted.json has x (float32 [4])"]),
        (
            {"x": category_ids_input(4)},
            ["z"],
            ["takes x (float32 [3]), but fitted.json has x (int32 [1])", "gives y, but fitted.json has z"],
        ),
    ],
)
def test_a_model_of_another_dataset_is_refused(
    path: Path, inputs: Any, targets: list[str], messages: list[str]
) -> None:
    fitted = fitted_data(inputs, {name: value_target() for name in targets})
    with pytest.raises(UserError) as caught:
        load_litert_model(path, fitted)
    advice = "the model and fitted.json should be of the same export"
    assert caught.value.messages == tuple(f"{path}: {message}; {advice}" for message in messages)
