"""What each split was used for. The page says it in several places, which must not contradict each other."""

from collections.abc import Iterator

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION, Fitted
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.artefacts.records.training import TrainingRecord
from stages.report.rendering.format_text import count


def split_purposes(fitted: Fitted, training: TrainingRecord, evaluation: EvaluationRecord) -> dict[str, str]:
    """By split, for a column of a table."""
    return {
        TRAIN: _joined(_training_uses(evaluation)),
        VALIDATION: _joined(_validation_uses(training, evaluation)),
        TEST: _test_use(fitted, evaluation),
    }


def measured_split_use(fitted: Fitted, training: TrainingRecord, evaluation: EvaluationRecord) -> str:
    """A sentence about the split that the metrics are measured on."""
    seen, split = fitted.seen_in_training.get(evaluation.split, 0), evaluation.split
    if split == TRAIN:
        return "The model was trained on this split."
    if split == VALIDATION and _selects_epoch(training):
        return "The model was not trained on this split, but the best epoch was selected on it." + _seen_sentence(
            seen, evaluation
        )
    if seen:
        return f"Nothing was selected on {split} data.{_seen_sentence(seen, evaluation)}"
    return f"Nothing was trained or selected on {split} data."


def _seen_sentence(seen: int, evaluation: EvaluationRecord) -> str:
    if not seen:
        return ""
    if seen == evaluation.samples:
        return f" All {evaluation.split} samples have the same inputs as a training row."
    samples = count(seen, "sample of them has", "samples of them have")
    return f" {samples} the same inputs as a training row."


def _training_uses(evaluation: EvaluationRecord) -> Iterator[str]:
    yield "to train the model"
    yield "to fit the preprocessing and the baselines"
    if evaluation.split == TRAIN:
        yield "to evaluate the trained model"


def _validation_uses(training: TrainingRecord, evaluation: EvaluationRecord) -> Iterator[str]:
    yield "to select the best epoch during training" if _selects_epoch(training) else "to follow the training"
    if training.kept == "refit":
        yield "to train the final model"
    if any(threshold.rule for threshold in evaluation.thresholds.values()):
        yield "to choose the decision threshold"
    if any(forecast.interval for forecast in evaluation.forecasts.values()):
        yield "to set the width of the intervals"
    if evaluation.importance and evaluation.importance.columns and evaluation.importance.split == VALIDATION:
        yield "to measure the importance of the columns"
    if evaluation.split == VALIDATION:
        yield "to evaluate the trained model"


def _test_use(fitted: Fitted, evaluation: EvaluationRecord) -> str:
    if evaluation.split != TEST:
        return "not used"
    if fitted.seen_in_training.get(TEST, 0):
        return "to evaluate the trained model; some samples have the same inputs as a training row"
    return "to evaluate the trained model; nothing is selected on test data"


def _selects_epoch(training: TrainingRecord) -> bool:
    return training.monitor.startswith("val_") and training.kept != "last"


def _joined(uses: Iterator[str]) -> str:
    first, *others = uses
    return ", ".join([first, *(f"and {use}" if use == others[-1] else use for use in others)])
