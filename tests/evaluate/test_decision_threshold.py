from typing import Any

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from stages.core.artefacts.processed import ProcessedData
from stages.core.errors import UserError
from stages.evaluate.decision_threshold import best_threshold, check_threshold, chosen_threshold
from stages.evaluate.params import Evaluate
from tests.evaluate.processed_examples import classes
from tests.report.example_records import training_record

RNG = np.random.default_rng(0)
SCORES = {"best_f1": f1_score, "best_balanced_accuracy": balanced_accuracy_score}
TWO = ["rose", "tulip"]


@pytest.mark.parametrize("rule", SCORES)
def test_no_other_threshold_is_better_by_the_metric_of_scikit_learn(rule: Any) -> None:
    truth = (RNG.random(200) < 0.2).astype(int)
    probability = np.round(np.clip(RNG.normal(0.3, 0.15, 200) + 0.2 * truth, 0, 1), 2)
    value, reached = best_threshold(rule, truth, probability)
    assert reached == pytest.approx(SCORES[rule](truth, probability > value))
    scores = [SCORES[rule](truth, probability > other) for other in np.linspace(-0.005, 0.995, 101)]
    assert reached == pytest.approx(max(scores))


def test_of_equally_good_thresholds_the_nearest_to_a_half_is_chosen() -> None:
    """Any threshold separates the two pairs of equal rows; between 0.2 and 0.9 it is 0.55."""
    truth, probability = np.array([0, 1]), np.array([0.2, 0.9])
    assert best_threshold("best_balanced_accuracy", truth, probability) == pytest.approx((0.55, 1.0))


def test_all_rows_can_be_positive() -> None:
    found = best_threshold("best_f1", np.array([1, 1, 0]), np.array([0.1, 0.3, 0.2]))
    assert found == pytest.approx((0.05, 0.8))


def test_rows_without_a_positive_one_keep_the_threshold_near_a_half() -> None:
    assert best_threshold("best_f1", np.array([0, 0]), np.array([0.4, 0.7])) == pytest.approx((0.55, 0.0))


def test_the_record_names_the_positive_class_and_the_rule() -> None:
    rows = np.array([0, 1]), np.array([0.2, 0.3])
    chosen = chosen_threshold("best_f1", "tulip", *rows)
    assert (chosen.value, chosen.positive, chosen.rule, chosen.validation_value) == (0.25, "tulip", "best_f1", 1.0)
    assert "weighted" not in chosen.model_dump()
    assert chosen_threshold("best_f1", "tulip", *rows, np.array([1, 2])).model_dump()["weighted"] is True


@pytest.mark.parametrize("rule", SCORES)
def test_weights_count_as_in_scikit_learn(rule: Any) -> None:
    truth = (RNG.random(200) < 0.2).astype(int)
    probability = np.round(np.clip(RNG.normal(0.3, 0.15, 200) + 0.2 * truth, 0, 1), 2)
    weights = RNG.uniform(0, 0.02, 200) * (RNG.random(200) < 0.7)
    value, reached = best_threshold(rule, truth, probability, weights)
    assert reached == pytest.approx(SCORES[rule](truth, probability > value, sample_weight=weights))
    scores = [
        SCORES[rule](truth, probability > other, sample_weight=weights) for other in np.linspace(-0.005, 0.995, 101)
    ]
    assert reached == pytest.approx(max(scores))


def test_a_weighted_row_changes_the_threshold() -> None:
    """Missing the row with 0.1 costs little, and the row with 0.2 would be wrong with the weight 8."""
    truth, probability = np.array([1, 0, 1]), np.array([0.1, 0.2, 0.9])
    assert best_threshold("best_f1", truth, probability) == pytest.approx((0.05, 0.8))
    assert best_threshold("best_f1", truth, probability, np.array([1, 8, 4])) == pytest.approx((0.55, 8 / 9))


def error_message(threshold: Any, data: ProcessedData, kept: str = "best") -> str:
    fields = {"headline": "x", "baselines": ["majority"], "threshold": threshold}
    with pytest.raises(UserError) as caught:
        check_threshold(Evaluate.model_validate(fields), data, training_record(kept=kept))
    return str(caught.value)


def test_a_threshold_that_does_not_apply() -> None:
    three = classes({"train": [0, 1, 2], "validation": [0], "test": [0]})
    assert error_message(0.3, three) == (
        "evaluate.threshold: 0.3 is for a target with two classes, and there is none; remove it"
    )
    two = classes({"train": [0, 1], "test": [0]}, TWO)
    assert "give preprocess.split.validation a share, or give a number" in error_message("best_f1", two)
    validated = classes({"train": [0, 1], "validation": [0], "test": [0]}, TWO)
    assert error_message("best_f1", validated, kept="refit").endswith("remove train.refit, or give a number")
    assert len(error_message("best_f1", three, kept="refit").splitlines()) == 2


def test_a_number_needs_no_validation_rows() -> None:
    data = classes({"train": [0, 1], "test": [0]}, TWO)
    params = Evaluate(headline="x", baselines=["majority"], threshold=0.3)
    check_threshold(params, data, training_record())
