"""The importance of each parameter as a bar with its number."""

from collections.abc import Mapping

from stages.cli.tune.page.study_trials import StudyTrials
from stages.report.rendering.format_text import format_percent


def importance_sentence(trials: StudyTrials) -> str:
    if not trials.result.importance:
        return "It was not measured: too few complete trials differ in their values."
    return (
        f"The share of each parameter in the variance of the {trials.metric_in_sentence} over the trials. It is an "
        "estimate for these ranges: with few trials it is rough, and with other ranges it is another one."
    )


def importance_bars(importance: Mapping[str, float]) -> list[tuple[str, str, str, bool]]:
    """Name, text, width, and False for the bars of the report's template, from the largest to the smallest.

    >>> importance_bars({"units": 0.2, "rate": 0.8})
    [('rate', '80%', '80.0%', False), ('units', '20%', '20.0%', False)]
    """
    ordered = sorted(importance.items(), key=lambda each: (-each[1], each[0]))
    return [(name, format_percent(share), f"{min(1.0, max(0.0, share)) * 100:.1f}%", False) for name, share in ordered]
