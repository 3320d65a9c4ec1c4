"""The training curves of both revisions over each other."""

from collections.abc import Mapping

from stages.cli.compare.page.metric_texts import split_metric_name
from stages.report.charts.axis_scales import automatic_scale, integer_scale
from stages.report.charts.svg import Chart, Line, Marker, PlotArea, Tone, line_chart, thin_points
from stages.report.rendering.format_text import lower_first
from stages.report.rendering.metric_descriptions import metric_title
from stages.report.sections.training_section import VALIDATION_PREFIX, History

# As Keras names them in the history.
_KERAS_NAMES = {"mae": "mean_absolute_error", "mse": "mean_squared_error", "rmse": "root_mean_squared_error"}


def training_curves(base: History, head: History, headline: str, best: tuple[int, int]) -> list[Chart]:
    """A chart for each of loss and the headline metric, in training and in validation, if its curve differs.

    `headline` is the name of a metric such as `accuracy`, or `price.rmse`; `best` are the best epochs.
    """
    names = [VALIDATION_PREFIX * is_validation + name for name in _columns(headline) for is_validation in (0, 1)]
    return [_curve_chart(base, head, name, best) for name in names if base.get(name) != head.get(name)]


def _columns(headline: str) -> list[str]:
    """The columns of a history that may hold the loss and the headline metric.

    >>> _columns("price.mae")
    ['loss', 'mae', 'mean_absolute_error', 'price_mae', 'price_mean_absolute_error']
    """
    target, metric = split_metric_name(headline)
    names = [metric, *([_KERAS_NAMES[metric]] if metric in _KERAS_NAMES else [])]
    return list(dict.fromkeys(["loss", *names, *(f"{target}_{name}" for name in names if target)]))


def _curve_chart(base: History, head: History, name: str, best: tuple[int, int]) -> Chart:
    curves: list[tuple[Tone, str, History, int]] = [("muted", "base", base, best[0]), ("accent", "head", head, best[1])]
    drawn = [(tone, label, history, epoch) for tone, label, history, epoch in curves if name in history]
    epochs = [epoch for _, _, history, _ in drawn for epoch in history["epoch"]]
    y_scale = automatic_scale(value for _, _, history, _ in drawn for value in history[name])
    title = _title(name)
    lines = [
        Line(label, tone, thin_points(list(zip(history["epoch"], history[name], strict=True))))
        for tone, label, history, _ in drawn
    ]
    svg = line_chart(
        lines,
        PlotArea(integer_scale(int(min(epochs)), int(max(epochs))), y_scale, "epoch"),
        f"{title} of base and head over the epochs",
        [
            Marker(epoch, points=[(tone, _value(history, name, epoch))])
            for tone, _, history, epoch in drawn
            if epoch in history["epoch"]
        ],
    )
    missing = [label for _, label, history, _ in curves if name not in history]
    notes = [*(["logarithmic scale"] if y_scale.log else []), *(f"{label} has no such curve" for label in missing)]
    legend = tuple((tone, f"{label}, best: epoch {epoch:,}") for tone, label, _, epoch in drawn)
    return Chart(title, svg, legend, "; ".join(notes))


def _value(history: Mapping[str, list[float]], name: str, epoch: int) -> float:
    return history[name][history["epoch"].index(epoch)]


def _title(name: str) -> str:
    """
    >>> _title("val_loss"), _title("accuracy")
    ('Validation loss', 'Training accuracy')
    """
    split = "Validation" if name.startswith(VALIDATION_PREFIX) else "Training"
    return f"{split} {lower_first(metric_title(name.removeprefix(VALIDATION_PREFIX)))}"
