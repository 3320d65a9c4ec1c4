"""Metrics, the history of the training and the predictions as data frames."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from stages.core.artefacts.records.evaluation import ClassesDetail, EvaluationRecord, metric_name
from stages.report.dataset_results import Predictions

if TYPE_CHECKING:
    import pandas as pd

MODEL, ROW, STEP = "model", "row", "step"


def metrics_frame(evaluation: EvaluationRecord) -> "pd.DataFrame":
    """A row for each metric, and columns for the model and each baseline, which has gaps where it has no such metric.

    The names of the metrics are those of `dvc metrics show`.
    """
    import pandas as pd

    count = len(evaluation.metrics)
    tracked = evaluation.tracked_metrics()
    model = tracked if count > 1 else {next(iter(evaluation.metrics)): tracked}
    columns = {MODEL: model, **evaluation.baselines}
    values = {
        name: {
            metric_name(target, metric, count): value
            for target, metrics in by_target.items()
            for metric, value in metrics.items()
        }
        for name, by_target in columns.items()
    }
    return pd.DataFrame(values, index=pd.Index([*values[MODEL]], name="metric"), dtype=float)


def history_frame(history: Mapping[str, Sequence[float]]) -> "pd.DataFrame":
    """A row for each epoch, which is the index."""
    import pandas as pd

    return pd.DataFrame(dict(history)).astype({"epoch": int}).set_index("epoch")


def predictions_frame(predictions: Predictions) -> "pd.DataFrame":
    """The lines of predictions.csv, and a column for the probability of each class, such as `species_p_setosa`."""
    import pandas as pd

    classes = {name: of for name, of in predictions.targets.items() if isinstance(of, ClassesDetail)}
    texts = {f"{name}_{end}" for name in classes for end in ("truth", "predicted")}
    frame = pd.DataFrame({ROW: predictions.rows})
    if predictions.steps:
        frame[STEP] = list(predictions.steps)
    for column, values in predictions.columns.items():
        frame[column] = values if column in texts else [float(text) if text else math.nan for text in values]
    of_classes = {
        f"{target}_p_{name}": predictions.probabilities[target][:, number]
        for target, detail in classes.items()
        for number, name in enumerate(detail.classes)
    }
    return pd.concat([frame, pd.DataFrame(of_classes)], axis=1) if of_classes else frame
