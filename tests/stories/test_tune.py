"""A search, `--apply`, and a run with the values that it found."""

import csv
import json

import pytest

from stages.cli.tune.study import StudyResult
from stages.cli.tune.study_folder import RESULT, STUDIES
from tests.stories.repo import Repo

# The suite sets the units of the layers, which --apply would refuse.
RANGES = """\
train.optimizer.learning_rate: {low: 0.003, high: 0.3, log: true}
train.batch: [5, 20]
"""


def found(repo: Repo) -> StudyResult:
    [file] = (repo.path / STUDIES).glob(f"iris/*/{RESULT}")
    return StudyResult.model_validate_json(file.read_bytes())


def kept_validation_accuracy(repo: Repo) -> float:
    best_epoch = json.loads(repo.read("data/models/iris/training.json"))["best_epoch"]
    rows = list(csv.DictReader(repo.read("reports/history/iris.csv").splitlines()))
    return float(rows[best_epoch - 1]["val_accuracy"])


@pytest.mark.long
def test_the_best_values_are_applied_and_a_run_trains_the_best_model(repo: Repo) -> None:
    repo.write("conf/tune/iris.yaml", RANGES)
    before = kept_validation_accuracy(repo)
    repo.restage("tune", "iris", "--trials", "6")
    study = found(repo)
    best, default = study.trials[study.best], study.trials[0]
    assert default.value == pytest.approx(before, abs=1e-5)
    assert best.value is not None
    assert default.value is not None
    assert best.value > default.value
    assert (repo.path / "reports/tune/iris.html").is_file()
    assert repo.restage("run", "iris").stdout.count("train@iris") == 0

    repo.restage("tune", "iris", "--trials", "6", "--apply")
    assert found(repo) == study
    assert repo.git("diff", "--name-only", "conf/dataset").split() == ["conf/dataset/iris.yaml"]
    assert "train@iris" in repo.restage("run", "iris").stdout
    assert kept_validation_accuracy(repo) == pytest.approx(best.value, abs=1e-5)
    [test] = [each for each in study.comparisons if each.split == "test"]
    assert json.loads(repo.read("reports/metrics/iris.json"))["accuracy"] == test.best
