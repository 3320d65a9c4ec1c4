"""Names and explanations of metrics and baselines."""

from dataclasses import dataclass, replace

from stages.core.artefacts.processed import TRAIN
from stages.report.rendering.format_text import count, format_number, format_percent, lower_first, with_sign


@dataclass(frozen=True)
class MetricDescription:
    """`perfect` is the best possible value. A share is shown in percent."""

    label: str
    meaning: str = ""
    perfect: float | None = None
    is_share: bool = False

    def format(self, value: float | None) -> str:
        return format_percent(value) if self.is_share else format_number(value)

    def format_difference(self, value: float) -> str:
        """
        >>> describe_metric("accuracy").format_difference(0.6367), describe_metric("rmse").format_difference(2.5)
        ('+63.7 points', '+2.5')
        """
        if not self.is_share:
            return with_sign(format_number(value))
        return with_sign(format_percent(value)).replace("%", " point" if abs(value) == 0.01 else " points")


_MSE = MetricDescription("Mean squared error", "the mean of the squared errors", 0.0)
_MAE = MetricDescription("Mean absolute error", "the mean size of the errors, in the target's own unit", 0.0)

# Those of evaluate, and those of the training history.
METRICS = {
    "accuracy": MetricDescription("Accuracy", "the share of correct predictions", 1.0, is_share=True),
    "balanced_accuracy": MetricDescription(
        "Balanced accuracy", "the mean share of correct predictions in each class", 1.0, is_share=True
    ),
    "macro_f1": MetricDescription("F1 over all classes", "balances precision and recall; 1 is perfect", 1.0),
    "precision": MetricDescription(
        "Precision", "the share of predictions of the positive class that are correct", 1.0, is_share=True
    ),
    "recall": MetricDescription("Recall", "the share of the positive class that is found", 1.0, is_share=True),
    "f1": MetricDescription("F1 of the positive class", "balances precision and recall; 1 is perfect", 1.0),
    "roc_auc": MetricDescription(
        "ROC AUC", "how well the probabilities separate the classes; 1 is perfect, 0.5 is chance", 1.0
    ),
    "pr_auc": MetricDescription("Average precision", "the area under the precision-recall curve; 1 is perfect", 1.0),
    "log_loss": MetricDescription("Log loss", "the mean negative logarithm of the true class's probability", 0.0),
    "calibration_error": MetricDescription(
        "Calibration error", "the mean distance of probability and share of correct predictions", 0.0, is_share=True
    ),
    "mse": _MSE,
    "mean_squared_error": _MSE,
    "rmse": MetricDescription("Root mean squared error", "the typical error, in the target's own unit", 0.0),
    "mae": _MAE,
    "mean_absolute_error": _MAE,
    "r2": MetricDescription("R²", "the share of the target's variance that is explained; 1 is perfect", 1.0),
    "mase": MetricDescription(
        "Mean absolute scaled error",
        "the mean size of the errors, divided by that of the naive forecast in the training rows; below 1 is better",
        0.0,
    ),
    "smape": MetricDescription(
        "Symmetric mean absolute percentage error",
        "the mean size of the errors in percent of the mean of truth and forecast",
        0.0,
    ),
    "coverage": MetricDescription("Coverage", "the share of the true values in their interval", is_share=True),
    "loss": MetricDescription("Loss", "the value that training minimizes", 0.0),
}

WEIGHTED = "weighted_"

BASELINES = {
    "majority": "always predicting the most frequent class",
    "shuffled": "predicting the true labels in shuffled order",
    "linear": "a linear regression on the same inputs",
    "persistence": "predicting the last known value",
    "drift": "predicting the last known value plus the mean change so far",
    "seasonal_naive": "predicting the value one season before",
    "theta": "the theta method",
    "logistic": "a logistic regression on the same inputs",
    "gradient_boosting": "gradient boosting on the same inputs",
}


def describe_metric(metric: str) -> MetricDescription:
    """
    >>> describe_metric("rmse").label, describe_metric("top_3").label
    ('Root mean squared error', 'Top 3')
    >>> describe_metric("weighted_mse").label, describe_metric("weighted_mse").meaning
    ('Weighted mean squared error', 'the mean of the squared errors, where each row counts as much as its weight')
    """
    if metric.startswith(WEIGHTED):
        unweighted = describe_metric(metric.removeprefix(WEIGHTED))
        meaning = f"{unweighted.meaning}, where each row counts as much as its weight"
        return replace(unweighted, label=f"Weighted {lower_first(unweighted.label)}", meaning=meaning)
    return METRICS.get(metric) or MetricDescription(metric.replace("_", " ").capitalize())


def metric_title(metric: str, target: str = "") -> str:
    """
    >>> metric_title("rmse", "price"), metric_title("rmse")
    ('price: root mean squared error', 'Root mean squared error')
    """
    label = describe_metric(metric).label
    return f"{target}: {lower_first(label)}" if target else label


def describe_samples(samples: int, split: str) -> str:
    """
    >>> describe_samples(30, "test"), describe_samples(1, "train")
    ('30 test samples', '1 training sample')
    """
    return count(samples, f"{'training' if split == TRAIN else split} sample")
