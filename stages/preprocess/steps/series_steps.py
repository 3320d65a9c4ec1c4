"""Which steps of a series are allowed where, and which of them are for rows and which for windows."""

from collections.abc import Sequence
from dataclasses import dataclass

from stages.core.artefacts.windows import Window
from stages.core.columns.scaling_params import Scaler, ScalingStep
from stages.core.columns.series.series_params import (
    Difference,
    Lags,
    Log,
    LogReturn,
    NormalizeWindow,
    RelativeToLast,
    Rolling,
    SeasonalDifference,
    lookback,
)
from stages.core.parameters.params import Params

NEED_WINDOW = (Difference, SeasonalDifference, LogReturn, Lags, Rolling, RelativeToLast, NormalizeWindow)
OF_WINDOWS = (RelativeToLast, NormalizeWindow)


@dataclass(frozen=True)
class DividedSteps:
    """`rows` are the steps on the rows of a series, `windows` those on each window, with the scalers that follow."""

    rows: list[ScalingStep]
    windows: list[RelativeToLast | NormalizeWindow | Scaler]

    @property
    def lookback(self) -> int:
        """How many earlier rows a row needs."""
        return sum(map(lookback, self.rows))


def divide_steps(steps: Sequence[Params], window: Window | None) -> DividedSteps:
    """A log return becomes a logarithm and a difference, and a seasonal difference has the window's season by default.

    >>> divided = divide_steps([LogReturn(step="log_return"), RelativeToLast(step="relative_to_last")], None)
    >>> [step.step for step in divided.rows], [step.step for step in divided.windows]
    (['log', 'difference'], ['relative_to_last'])
    """
    first = next((n for n, step in enumerate(steps) if isinstance(step, OF_WINDOWS)), len(steps))
    rows: list[ScalingStep] = []
    for step in steps[:first]:
        match step:
            case LogReturn(columns=columns):
                rows += [Log(step="log", columns=columns), Difference(step="difference", columns=columns)]
            case SeasonalDifference(period=None) if window is not None:
                rows.append(step.model_copy(update={"period": window.season}))
            case _:
                rows.append(step)  # type: ignore[arg-type]
    return DividedSteps(rows, [*steps[first:]])  # type: ignore[list-item]


def check_series_steps(key: str, steps: Sequence[Params], window: Window | None) -> None:
    """Raise ValueError for the first step that does not fit."""
    if window is None:
        if names := [getattr(step, "step", "") for step in steps if isinstance(step, NEED_WINDOW)]:
            raise ValueError(f"{key}: {names[0]} is for windows of a series; set preprocess.window, or take it out")
        return
    for number, step in enumerate(steps):
        _check_order(key, step, steps[:number])
        _check_window(key, step, window)
    if key == "target_steps":
        _check_differences(steps, window)


def _check_order(key: str, step: Params, before: Sequence[Params]) -> None:
    name = getattr(step, "step", "")
    if not any(isinstance(earlier, OF_WINDOWS) for earlier in before):
        return
    if not isinstance(step, (*OF_WINDOWS, Scaler)):
        raise ValueError(f"{key}: {name} is for rows, so it comes before relative_to_last and normalize_window")
    if isinstance(before[-1], Scaler) and isinstance(step, OF_WINDOWS):
        raise ValueError(f"{key}: {name} must come before the scalers of windows")


def _check_window(key: str, step: Params, window: Window) -> None:
    name = getattr(step, "step", "")
    if isinstance(step, SeasonalDifference) and step.period is None and window.season is None:
        raise ValueError(f"{key}: {name} needs period, or window.season: the number of rows of a season")
    # A target relative to the last value still has a meaning.
    becomes_zero = isinstance(step, NormalizeWindow) or (key == "steps" and isinstance(step, RelativeToLast))
    if window.length == 1 and becomes_zero:
        raise ValueError(f"{key}: after {name}, every window of one row is 0; use window.length 2 or more")


def _check_differences(steps: Sequence[Params], window: Window) -> None:
    """A difference is undone with the value before, which must be known or forecast too."""
    if window.steps == "all":
        return
    for step in divide_steps(steps, window).rows:
        if isinstance(step, Difference | SeasonalDifference) and (rows := lookback(step)) < window.horizon:
            lag = f"{rows} row{'s' if rows > 1 else ''}"
            raise ValueError(
                f"target_steps: {step.step} over {lag} cannot be undone for the row {window.horizon} rows ahead alone; "
                "use window: {steps: all}, or relative_to_last"
            )
