"""What the metrics mean, to someone who meets them for the first time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stages.core.artefacts.processed import TRAIN
from stages.report.format_text import count, inside, number, percent, signed, words

_BOOKKEEPING = {"headline", "baseline", "gain", "best_epoch", "epochs", "gap", "samples", "split", "reach", "seeds"}


@dataclass(frozen=True)
class Measure:
    """`perfect` is what a faultless model gets; a share is shown in percent."""

    label: str
    meaning: str = ""
    perfect: float | None = None
    share: bool = False

    def text(self, value: float | None) -> str:
        return percent(value) if self.share else number(value)

    def difference(self, value: float | None) -> str:
        """
        >>> measure("accuracy").difference(0.6367), measure("rmse").difference(2.5)
        ('+63.7 points', '+2.5')
        """
        if value is not None and self.share:
            return signed(percent(value)).replace("%", " point" if abs(value) == 0.01 else " points")
        return signed(number(value))


_ACCURACY = Measure("Accuracy", "the share of answers that are right", 1.0, share=True)
_MSE = Measure("Mean squared error", "the average of the squared misses", 0.0)
_RMSE = Measure("Root mean squared error", "the typical size of a miss, in the target's own unit", 0.0)
_MAE = Measure("Mean absolute error", "the average size of a miss, in the target's own unit", 0.0)
_R2 = Measure("R²", "the share of the target's variation that the predictions explain; 1 is perfect", 1.0)

MEASURES = {
    "accuracy": _ACCURACY,
    "binary_accuracy": _ACCURACY,
    "categorical_accuracy": _ACCURACY,
    "sparse_categorical_accuracy": _ACCURACY,
    "mse": _MSE,
    "mean_squared_error": _MSE,
    "rmse": _RMSE,
    "root_mean_squared_error": _RMSE,
    "mae": _MAE,
    "mean_absolute_error": _MAE,
    "r2": _R2,
    "r2_score": _R2,
    "f1": Measure("F1", "the balance of precision and recall; 1 is perfect", 1.0),
    "macro_f1": Measure("F1 over all classes", "the balance of precision and recall; 1 is perfect", 1.0),
    "precision": Measure("Precision", "how many of its alarms are true", 1.0, share=True),
    "recall": Measure("Recall", "how many of the true cases it finds", 1.0, share=True),
    "auc": Measure("Area under the ROC curve", "how well it ranks true cases above false ones; 0.5 is chance", 1.0),
    "loss": Measure("Loss", "what training makes small", 0.0),
}

BASELINES = {
    "majority": "always giving the most common answer",
    "shuffled": "answering with the true labels in shuffled order",
    "linear": "a linear regression on the same inputs",
    "persistence": "repeating the last value seen",
}


def measure(name: str) -> Measure:
    """By the last part of a dotted name; one we do not know keeps its own name.

    >>> measure("price.rmse").label, measure("top_3").label
    ('Root mean squared error', 'Top 3')
    """
    last = name.split(".")[-1]
    return MEASURES.get(last) or Measure(words(last).capitalize())


def titled(name: str) -> str:
    """
    >>> titled("price.rmse"), titled("rmse")
    ('price: root mean squared error', 'Root mean squared error')
    """
    *targets, _ = name.split(".")
    label = measure(name).label
    return f"{'.'.join(targets)}: {inside(label)}" if targets else label


def baseline_words(name: str) -> str:
    return BASELINES.get(name, words(name))


def figures(metrics: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, float]]:
    """Every measured figure under its dotted name, in order of name.

    >>> dict(figures({"loss": 2.0, "price": {"rmse": 1.5}, "samples": 9}))
    {'loss': 2.0, 'price.rmse': 1.5}
    """
    for name in sorted(metrics):
        if above or name not in _BOOKKEEPING:
            yield from _figure(above + name, metrics[name])


def _figure(name: str, value: Any) -> Iterator[tuple[str, float]]:
    if isinstance(value, Mapping):
        yield from figures(value, f"{name}.")
    elif isinstance(value, int | float):
        yield name, value


def at(metrics: Mapping[str, Any], dotted: str) -> float | None:
    """The figure a dotted name leads to, if it was measured."""
    found: Any = metrics
    for step in dotted.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found if isinstance(found, int | float) else None


def samples_words(samples: int, split: str) -> str:
    """
    >>> samples_words(30, "test"), samples_words(1, "train")
    ('30 test samples', '1 training sample')
    """
    return count(samples, f"{'training' if split == TRAIN else split} sample")
