from pathlib import Path

import pytest

from benchmarks.studies.quality_compared_with_fit import compare_engines, confidence_interval
from stages.core import paths
from stages.core.artefacts.processed import write_processed
from stages.core.files.atomic_write import write_json
from tests.train.small_data import class_target, input_spec, random_data


def test_confidence_interval_by_hand() -> None:
    """Means 2 and 5; variances 1 and 4 of three values each: sqrt(5/3) times 4.303, Student's t for two degrees."""
    low, high = confidence_interval([1.0, 2.0, 3.0], [3.0, 5.0, 7.0])
    assert (low + high) / 2 == pytest.approx(-3)
    assert (high - low) / 2 == pytest.approx(4.302653 * (5 / 3) ** 0.5)


@pytest.mark.long
def test_both_engines_are_compared_with_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    train = {
        "model": {"kind": "mlp", "units": [4]},
        "output": "softmax",
        "loss": "categorical_crossentropy",
        "metrics": ["accuracy"],
        "optimizer": {"kind": "adam"},
        "epochs": 2,
        "batch": 4,
    }
    write_json(tmp_path / paths.dataset_params("tiny"), {"train": train})
    data = random_data({"x": input_spec(3)}, {"y": class_target("one_hot", 3)}, test=6)
    write_processed(data, tmp_path / "data/processed/tiny")
    plain, fused = (row.split(" | ") for row in compare_engines("tiny", range(2)))
    assert [plain[0], plain[1], plain[3], fused[3]] == ["| `tiny`", "accuracy", "plain", "fused"]
    assert plain[2] == fused[2], "both are compared with the same trainings by fit"
