"""How the model learned: one chart a metric, train beside validation, over the epochs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stages.core.artefacts.processed import Fitted
from stages.report.charts.axis_scales import counting, fitted
from stages.report.charts.svg import Chart, Line, Mark, Plane, Point, Tone, curves, thinned
from stages.report.format_text import count, inside
from stages.report.metric_descriptions import MEASURES, measure, titled
from stages.report.read_results import Record

History = Mapping[str, list[float]]
VALIDATION = "val_"


@dataclass(frozen=True)
class Learning:
    sentence: str
    gap: str
    charts: list[Chart]


def learning(history: History, training: Record, gap: Mapping[str, float], fitted: Fitted) -> Learning:
    measured = [name for name in history if name != "epoch" and not name.startswith(VALIDATION)]
    charts = [chart(history, name, training["best_epoch"]) for name in measured]
    return Learning(_sentence(history, training, fitted), gap_sentence(gap), charts)


def chart(history: History, name: str, best_epoch: int) -> Chart:
    pairs: list[tuple[str, Tone, list[float]]] = [("train", "quiet", history[name])]
    if VALIDATION + name in history:
        pairs.append(("validation", "accent", history[VALIDATION + name]))
    epochs = history["epoch"]
    every = [(who, tone, list(zip(epochs, values, strict=True))) for who, tone, values in pairs]
    y = fitted(v for _, _, points in every for _, v in points)
    title = titled(dotted(name))
    return Chart(
        title=title,
        svg=curves(
            [Line(who, tone, thinned(points)) for who, tone, points in every],
            Plane(counting(int(epochs[0]), int(epochs[-1])), y, "epoch"),
            f"{title} over the epochs",
            Mark(
                best_epoch, f"best: epoch {best_epoch:,}", [(t, v) for _, t, ps in every for v in _at(ps, best_epoch)]
            ),
        ),
        legend=tuple((tone, who) for who, tone, _ in every),
        note="logarithmic scale" if y.log else "",
    )


def dotted(name: str) -> str:
    """The name as the metrics have it, in which a dot follows the target.

    >>> dotted("loss"), dotted("price_mae"), dotted("mean_squared_error")
    ('loss', 'price.mae', 'mean_squared_error')
    """
    known = sorted((m for m in MEASURES if name.endswith(f"_{m}")), key=len)
    return name if name in MEASURES or not known else f"{name.removesuffix(known[-1])[:-1]}.{known[-1]}"


def gap_sentence(gap: Mapping[str, float]) -> str:
    """
    >>> gap_sentence({"loss": 0.5, "accuracy": 0.03})
    'Validation minus training after the best epoch: accuracy +3 points, loss +0.5.'
    """
    said = [f"{inside(titled(dotted(name)))} {measure(dotted(name)).difference(gap[name])}" for name in sorted(gap)]
    return f"Validation minus training after the best epoch: {', '.join(said)}." if said else ""


def _at(points: Sequence[Point], epoch: int) -> list[float]:
    return [value for place, value in points if place == epoch]


def _sentence(history: History, training: Record, fitted: Fitted) -> str:
    ran, best, monitor = training["epochs"], training["best_epoch"], training["monitor"]
    monitored = inside(titled(dotted(monitor.removeprefix(VALIDATION))))
    side = "validation" if monitor.startswith(VALIDATION) else "training"
    said = [f"{count(ran, 'epoch')} of training; {side} {monitored} was best after epoch {best:,}."]
    said.append(_kept(training["kept"], best))
    if not any(name.startswith(VALIDATION) for name in history):
        said.append("No rows were set aside for validation, so only the training curve is there.")
    if any(target.steps for target in fitted.targets.values()):
        said.append("Figures here are in the scaled unit that the model is trained in.")
    return " ".join(said)


def _kept(how: str, best: int) -> str:
    """
    >>> _kept("refit", 11)
    'A fresh model was then trained for 11 epochs on training and validation rows together.'
    """
    match how:
        case "refit":
            return f"A fresh model was then trained for {best:,} epochs on training and validation rows together."
        case "best":
            return f"The weights of epoch {best:,} were kept."
        case _:
            return "The weights of the last epoch were kept."
