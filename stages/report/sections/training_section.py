"""The training: one chart for each metric, training and validation over the epochs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from stages.core.artefacts.processed import Fitted
from stages.core.artefacts.records.training import TrainingRecord
from stages.report.charts.axis_scales import automatic_scale, integer_scale
from stages.report.charts.svg import Chart, Line, Marker, PlotArea, Tone, line_chart, thin_points
from stages.report.rendering.format_text import count, format_number, lower_first
from stages.report.rendering.metric_descriptions import describe_metric, metric_title

History = Mapping[str, list[float]]
VALIDATION_PREFIX = "val_"


@dataclass(frozen=True)
class TrainingSection:
    sentence: str
    gap: str
    charts: list[Chart]


def training_section(
    history: History, training: TrainingRecord, gap: Mapping[str, float], fitted: Fitted
) -> TrainingSection:
    names = [name for name in history if name != "epoch" and not name.startswith(VALIDATION_PREFIX)]
    charts = [metric_chart(history, name, training.best_epoch, fitted.targets) for name in names]
    return TrainingSection(_sentence(history, training, fitted), gap_sentence(gap, fitted.targets), charts)


def metric_chart(history: History, name: str, best_epoch: int, targets: Collection[str]) -> Chart:
    curves: list[tuple[str, Tone, list[float]]] = [("training", "muted", history[name])]
    if VALIDATION_PREFIX + name in history:
        curves.append(("validation", "accent", history[VALIDATION_PREFIX + name]))
    epochs = history["epoch"]
    y_scale = automatic_scale(value for _, _, values in curves for value in values)
    area = PlotArea(integer_scale(int(epochs[0]), int(epochs[-1])), y_scale, "epoch")
    lines = [Line(label, tone, thin_points(list(zip(epochs, values, strict=True)))) for label, tone, values in curves]
    row = epochs.index(best_epoch)
    marker = Marker(best_epoch, f"best: epoch {best_epoch:,}", [(tone, values[row]) for _, tone, values in curves])
    title = history_title(name, targets)
    return Chart(
        title=title,
        svg=line_chart(lines, area, f"{title} over the epochs", [marker]),
        legend=tuple((tone, label) for label, tone, _ in curves),
        note="logarithmic scale" if y_scale.log else "",
    )


def split_history_name(name: str, targets: Collection[str]) -> tuple[str, str]:
    """The target and the metric of a column of the history. Keras joins them by `_` if there are several targets.

    >>> split_history_name("price_mae", ["price", "volume"]), split_history_name("price_mae", ["price"])
    (('price', 'mae'), ('', 'price_mae'))
    """
    matching = [target for target in targets if name.startswith(f"{target}_")] if len(targets) > 1 else []
    target = max(matching, key=len, default="")
    return target, name.removeprefix(f"{target}_") if target else name


def history_title(name: str, targets: Collection[str]) -> str:
    target, metric = split_history_name(name, targets)
    return metric_title(metric, target)


def gap_sentence(gap: Mapping[str, float], targets: Collection[str]) -> str:
    """
    >>> gap_sentence({"loss": 0.5, "accuracy": 0.03}, ["kind"])
    'Validation minus training at the best epoch: accuracy +3 points, loss +0.5.'
    """
    differences = []
    for name, value in sorted(gap.items()):
        metric = describe_metric(split_history_name(name, targets)[1])
        differences.append(f"{lower_first(history_title(name, targets))} {metric.format_difference(value)}")
    return f"Validation minus training at the best epoch: {', '.join(differences)}." if differences else ""


def _sentence(history: History, training: TrainingRecord, fitted: Fitted) -> str:
    monitored = lower_first(history_title(training.monitor.removeprefix(VALIDATION_PREFIX), fitted.targets))
    split = "validation" if training.monitor.startswith(VALIDATION_PREFIX) else "training"
    best = training.best_epoch
    sentences = [f"{count(training.epochs, 'epoch')}. The best {split} {monitored} was after epoch {best:,}."]
    match training.kept:
        case "refit":
            rows = "the training and validation rows together"
            sentences.append(f"A new model was then trained for {count(best, 'epoch')} on {rows}.")
        case "best":
            sentences.append(f"The weights of epoch {best:,} were kept.")
        case _:
            sentences.append("The weights of the last epoch were kept.")
    if not any(name.startswith(VALIDATION_PREFIX) for name in history):
        sentences.append("There is no validation split, so only the training curve is shown.")
    for target, weights in training.class_weights.items():
        listed = ", ".join(f"{label} {format_number(weight)}" for label, weight in weights.items())
        sentences.append(f"The classes of {target} have the weights {listed}.")
    if any(target.steps or target.window_steps for target in fitted.targets.values()):
        sentences.append("Values in this section are in the scaled unit that the model is trained in.")
    return " ".join(sentences)
