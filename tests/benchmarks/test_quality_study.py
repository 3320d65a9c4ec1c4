"""How far two means may be trusted to differ, and a study from end to end on a tiny dataset."""

import pytest

from benchmarks.quality_study import interval, study
from stages.core import paths
from stages.core.artefacts.processed import write_processed
from stages.core.runtime.atomic_write import write_json
from tests.train.small_data import class_target, input_spec, random_data


def test_the_interval_is_students():
    """Means 2 and 5; variances 1 and 4 over three runs each: sqrt(5/3) times 4.303, Student's t for two degrees."""
    low, high = interval([1.0, 2.0, 3.0], [3.0, 5.0, 7.0])
    assert (low + high) / 2 == pytest.approx(-3)
    assert (high - low) / 2 == pytest.approx(4.303 * (5 / 3) ** 0.5, rel=0.02)


def test_both_engines_are_held_against_fit(tmp_path, monkeypatch):
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
    own = random_data({"x": input_spec(3)}, {"y": class_target("one_hot", 3)}, test=6)
    write_processed(own, tmp_path / "data/processed/tiny")
    plain, fused = (line.split(" | ") for line in study("tiny", range(2)))
    assert [plain[0], plain[1], plain[3], fused[3]] == ["| `tiny`", "accuracy", "plain", "fused"]
    assert plain[2] == fused[2], "both are held against the same trainings by fit"
