from pathlib import Path

import numpy as np
import pytest

from benchmarks.inference.__main__ import compare_batches, compare_rows
from benchmarks.inference.prediction_side import PICTURES, load_keras, load_litert
from benchmarks.inference.write_example import write_example


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    write_example(folder, 200)
    return folder


def test_both_sides_predict_the_same(example: Path) -> None:
    pictures = np.load(example / PICTURES)
    keras, litert = (load(example)(pictures) for load in (load_keras, load_litert))
    assert keras.shape == (200, 10)
    np.testing.assert_allclose(litert, keras, atol=1e-5)


@pytest.mark.long
def test_every_measure_has_a_ratio(example: Path) -> None:
    results = [compare_batches(example, 2), *compare_rows(example, 1)]
    assert len(results) == 3
    for result in results:
        assert result.ratio.low <= result.ratio.median <= result.ratio.high
        assert result.keras > 0 < result.litert
