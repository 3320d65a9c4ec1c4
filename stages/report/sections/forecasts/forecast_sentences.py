"""What the measurements of the forecasts say, in sentences."""

from collections.abc import Iterator

from stages.core.artefacts.records.evaluation import (
    DieboldMariano,
    DirectionalAccuracy,
    ForecastInterval,
    ForecastRecord,
)
from stages.report.rendering.format_text import count, format_number, format_percent

# How far the coverage may be from the level before the page says that the interval is too narrow or too wide.
COVERAGE_TOLERANCE = 0.05
# By the name of what was not measured.
LEFT_OUT = {
    "diebold_mariano": "There is no Diebold-Mariano test",
    "direction": "The direction was not measured",
    "interval": "There are no intervals",
}


def forecast_sentences(record: ForecastRecord, samples: str) -> list[str]:
    """`samples` are those that were measured, such as "30 test samples"."""
    return [*_sentences(record, samples)]


def _sentences(record: ForecastRecord, samples: str) -> Iterator[str]:
    if record.diebold_mariano is not None:
        yield diebold_mariano_sentence(record.diebold_mariano)
    if record.direction is not None:
        yield direction_sentence(record.direction)
    if record.interval is not None:
        yield interval_sentence(record.interval, samples)
    for name, reason in sorted(record.left_out.items()):
        yield f"{LEFT_OUT[name]}: {reason}."


def diebold_mariano_sentence(test: DieboldMariano) -> str:
    baseline = test.baseline.replace("_", " ")
    match test.result:
        case "better":
            result = f"The forecasts are better than those of the baseline {baseline} by more than chance explains"
        case "worse":
            result = f"The forecasts are worse than those of the baseline {baseline} by more than chance explains"
        case "no difference":
            result = f"The forecasts show no clear difference from those of the baseline {baseline}"
    return f"{result} (Diebold-Mariano test of the {test.loss} errors: {format_p_value(test.p_value)})."


def format_p_value(p_value: float) -> str:
    """
    >>> format_p_value(0.0421), format_p_value(0.00002)
    ('p = 0.042', 'p < 0.001')
    """
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"


def direction_sentence(direction: DirectionalAccuracy) -> str:
    low, high = direction.interval
    if low <= 0.5 <= high:
        comparison = "This is no clear difference from 50%, which a guess has"
    else:
        comparison = f"This is {'better' if low > 0.5 else 'worse'} than 50%, which a guess has"
    right = f"{format_percent(direction.accuracy)} of {count(direction.samples, 'forecast')}"
    return (
        f"{right} say correctly whether the value rises or falls (95% interval {format_percent(low)} to "
        f"{format_percent(high)}). {comparison}. The size of the changes does not count here, so this promises no "
        "profit."
    )


def interval_sentence(interval: ForecastInterval, samples: str) -> str:
    calibration = f"the errors on {count(interval.calibration_rows, 'validation sample')}"
    match interval.method:
        case "conformal":
            method = f"Its width comes from {calibration} (conformal prediction)"
        case "conformal_quantiles":
            method = f"The model predicts its bounds as quantiles, which {calibration} move (conformal prediction)"
    level, coverage = format_percent(interval.level), format_percent(interval.coverage)
    score = format_number(interval.interval_score)
    return (
        f"The {level} interval holds {coverage} of the true values of {samples}. {method}. Its interval score is "
        f"{score}; smaller is better."
    )


def coverage_warning(interval: ForecastInterval) -> str:
    """Empty if the coverage is near the level."""
    # Rounded, since 0.8 - 0.75 is a little more than 0.05.
    difference = round(interval.coverage - interval.level, 9)
    if abs(difference) <= COVERAGE_TOLERANCE:
        return ""
    return (
        f"The interval is too {'narrow' if difference < 0 else 'wide'} on these rows: it holds "
        f"{format_percent(interval.coverage)} of the true values, not {format_percent(interval.level)}."
    )
