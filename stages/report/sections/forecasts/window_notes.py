"""What the windows of a series are, and how their values are transformed."""

from collections.abc import Iterator, Sequence

from stages.core.artefacts.processed import ArraySpec, Fitted
from stages.core.artefacts.windows import Window
from stages.core.columns.scaling import FittedStep, LinearScaling, ScaledColumns, SeriesStep, UnitLength
from stages.core.columns.series.row_steps import FittedDifference, FittedLags, FittedLog, FittedRolling
from stages.core.columns.series.window_steps import FittedNormalizeWindow, FittedRelativeToLast, FittedWindowStep
from stages.core.errors import format_examples
from stages.report.rendering.format_text import count, format_number

SCALERS = {
    "standard": "minus its mean, divided by its standard deviation",
    "robust": "minus its median, divided by the range between its quartiles",
    "minmax": "scaled from its smallest value at 0 to its largest at 1",
    "maxabs": "divided by its largest absolute value",
    "maximum": "divided by its largest value",
}
# With `center: false`.
SCALERS_WITHOUT_CENTER = {
    "standard": "divided by its standard deviation",
    "robust": "divided by the range between its quartiles",
}
STATISTICS = {"mean": "mean", "std": "standard deviation", "min": "smallest value", "max": "largest value"}


def window_notes(fitted: Fitted) -> Iterator[str]:
    """Empty without windows."""
    if fitted.window is None:
        return
    yield describe_window(fitted.window)
    if fitted.window.season is not None:
        yield f"A season has {count(fitted.window.season, 'row')}."
    for name, spec in sorted(fitted.inputs.items()):
        if transformations := describe_steps(spec):
            yield f"Input {name}: {transformations}."
    for name, target in sorted(fitted.targets.items()):
        if transformations := describe_steps(target):
            yield f"Target {name}: {transformations}."


def describe_window(window: Window) -> str:
    """
    >>> describe_window(Window(length=24, horizon=12, steps="all"))
    'Each sample is a window of 24 rows. All 12 rows after it are predicted, and the next window starts 1 row later.'
    """
    if window.steps == "all":
        predicted = f"All {count(window.horizon, 'row')} after it are predicted"
    else:
        predicted = f"The predicted row is {count(window.horizon, 'row')} after the window"
    length, stride = count(window.length, "row"), count(window.stride, "row")
    return f"Each sample is a window of {length}. {predicted}, and the next window starts {stride} later."


def describe_steps(spec: ArraySpec) -> str:
    """The steps in their order; empty without steps."""
    names = spec.column.outputs if isinstance(spec.column, ScaledColumns) else spec.columns
    return ", then ".join(describe_step(step, names) for step in (*spec.steps, *spec.window_steps))


def describe_step(step: FittedStep | FittedWindowStep, columns: Sequence[str]) -> str:
    """`columns` are those of the array, which a step may be for some of.

    >>> describe_step(FittedLog(plus=1.0), ["day", "close"])
    'logarithm of the value plus 1'
    >>> describe_step(FittedRelativeToLast(positions=[1]), ["day", "close"])
    'relative to the last value of each window (close)'
    """
    if isinstance(step, LinearScaling | UnitLength):
        return describe_scaling(step)
    chosen = "" if step.positions is None else f" ({format_examples([columns[n] for n in step.positions])})"
    return describe_series_step(step) + chosen


def describe_scaling(step: LinearScaling | UnitLength) -> str:
    if isinstance(step, UnitLength):
        return "scaled to length one"
    if step.name == "divide":
        return f"divided by {format_number(step.scale[0])}"
    is_centered = any(step.offset)
    return SCALERS[step.name] if is_centered else SCALERS_WITHOUT_CENTER.get(step.name, SCALERS[step.name])


def describe_series_step(step: SeriesStep | FittedRelativeToLast | FittedNormalizeWindow) -> str:
    match step:
        case FittedLog(plus=plus):
            return f"logarithm of the value plus {format_number(plus)}" if plus else "logarithm"
        case FittedDifference(lag=lag):
            return "difference from the row before" if lag == 1 else f"difference from the value {lag:,} rows before"
        case FittedLags(rows=rows):
            return f"with the values {format_examples(rows)} rows before as further columns"
        case FittedRolling(rows=rows, statistics=statistics):
            names = _listed([STATISTICS[name] for name in statistics])
            return f"with the {names} of the last {rows:,} rows as further columns"
        case FittedRelativeToLast():
            return "relative to the last value of each window"
        case FittedNormalizeWindow():
            return "minus the mean of each window, divided by the window's standard deviation"


def _listed(names: Sequence[str]) -> str:
    """
    >>> _listed(["mean"]), _listed(["mean", "smallest", "largest"])
    ('mean', 'mean, smallest and largest')
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
