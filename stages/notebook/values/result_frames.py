"""Metrics, the history of the training and the predictions as data frames."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stages.core.artefacts.records.evaluation import ClassesDetail, EvaluationRecord, metric_name
from stages.report.recorded.recorded_predictions import Predictions

if TYPE_CHECKING:
    import pandas as pd

MODEL, ROW, STEP = "model", "row", "step"


def metrics_frame(evaluation: EvaluationRecord) -> "pd.DataFrame":
    """A row for each metric, and columns for the model and each baseline, which has gaps where it has no such metric.

    The names of the metrics are those of `dvc metrics show`.
    """
    import pandas as pd

    count = len(evaluation.metrics)
    values = {MODEL: _by_name(evaluation.tracked_metrics(), count)}
    values |= {name: _by_name(metrics, count) for name, metrics in evaluation.baselines.items()}
    return pd.DataFrame(values, index=pd.Index([*values[MODEL]], name="metric"), dtype=float)


def _by_name(metrics: Mapping[str, Any], targets: int) -> dict[str, float]:
    """`metrics` has values by metric, or by target and metric.

    >>> _by_name({"rmse": 2.0}, 1), _by_name({"price": {"rmse": 2.0}}, 2)
    ({'rmse': 2.0}, {'price.rmse': 2.0})
    """
    values: dict[str, float] = {}
    for name, value in metrics.items():
        if isinstance(value, Mapping):
            values |= {metric_name(name, metric, targets): number for metric, number in value.items()}
        else:
            values[name] = value
    return values


def history_frame(history: Mapping[str, Sequence[float]]) -> "pd.DataFrame":
    """A row for each epoch, which is the index."""
    import pandas as pd

    return pd.DataFrame(dict(history)).astype({"epoch": int}).set_index("epoch")


def predictions_frame(predictions: Predictions) -> "pd.DataFrame":
    """The lines of predictions.csv, and a column for the probability of each class, such as `species_p_setosa`."""
    import pandas as pd

    classes = {name: of for name, of in predictions.targets.items() if isinstance(of, ClassesDetail)}
    frame = pd.DataFrame({ROW: predictions.rows})
    if len(predictions.steps):
        frame[STEP] = predictions.steps
    for column in predictions.columns:
        if column in predictions.values:
            frame[column] = predictions.values[column]
        else:
            of_column = predictions.classes[column]
            frame[column] = pd.Series(of_column.names, dtype="str").take(of_column.numbers).array
    of_classes = {
        f"{target}_p_{name}": predictions.probabilities[target][:, number]
        for target, detail in classes.items()
        for number, name in enumerate(detail.classes)
    }
    return pd.concat([frame, pd.DataFrame(of_classes)], axis=1) if of_classes else frame
