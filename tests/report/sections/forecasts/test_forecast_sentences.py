from typing import Any

import pytest

from stages.core.artefacts.records.evaluation import (
    DieboldMariano,
    DirectionalAccuracy,
    ForecastInterval,
    ForecastRecord,
)
from stages.report.sections.forecasts.forecast_sentences import (
    coverage_warning,
    diebold_mariano_sentence,
    direction_sentence,
    forecast_sentences,
    interval_sentence,
)
from tests.report.example_forecasts import DIEBOLD_MARIANO, DIRECTION, INTERVAL, forecast_record


def interval(**changes: Any) -> ForecastInterval:
    return ForecastInterval.model_validate(INTERVAL | changes)


@pytest.mark.parametrize(
    ("result", "fact"),
    [
        ("better", "better than those of the baseline seasonal naive"),
        ("worse", "worse than those of the baseline seasonal naive"),
        ("no difference", "no clear difference from those of the baseline seasonal naive"),
    ],
)
def test_the_test_says_better_worse_or_no_difference(result: str, fact: str) -> None:
    sentence = diebold_mariano_sentence(DieboldMariano.model_validate(DIEBOLD_MARIANO | {"result": result}))
    assert fact in sentence
    assert "p = 0.021" in sentence


@pytest.mark.parametrize(
    ("bounds", "fact"),
    [
        ((0.4, 0.775), "no clear difference from 50%"),
        ((0.5, 0.7), "no clear difference from 50%"),
        ((0.51, 0.7), "better than 50%"),
        ((0.3, 0.49), "worse than 50%"),
    ],
)
def test_the_direction_is_compared_with_a_guess(bounds: tuple[float, float], fact: str) -> None:
    sentence = direction_sentence(DirectionalAccuracy.model_validate(DIRECTION | {"interval": bounds}))
    assert fact in sentence
    assert "60% of 30 forecasts" in sentence
    assert "no profit" in sentence


def test_the_interval_tells_level_coverage_score_and_method() -> None:
    sentence = interval_sentence(interval(coverage=0.775), "10 test samples")
    for fact in ("80% interval", "77.5%", "10 test samples", "9 validation samples", "12.5"):
        assert fact in sentence
    assert "quantiles" not in sentence
    assert "quantiles" in interval_sentence(interval(method="conformal_quantiles"), "10 test samples")


@pytest.mark.parametrize(
    ("coverage", "word"),
    [(0.74, "narrow"), (0.75, None), (0.8, None), (0.85, None), (0.86, "wide")],
)
def test_a_coverage_far_from_the_level_is_a_warning(coverage: float, word: str | None) -> None:
    """0.8 - 0.75 is a little more than 0.05 in floating point."""
    warning = coverage_warning(interval(coverage=coverage))
    assert bool(warning) == (word is not None)
    assert (word or "") in warning


def test_what_was_not_measured_has_no_sentence_but_its_reason() -> None:
    assert len(forecast_sentences(ForecastRecord.model_validate(forecast_record(2)), "10 test samples")) == 3
    nothing = dict.fromkeys(["interval", "diebold_mariano", "direction"])
    left_out = {"interval": "there are no validation samples", "diebold_mariano": "too few", "direction": "all equal"}
    record = ForecastRecord.model_validate(forecast_record(2, **nothing, left_out=left_out))
    sentences = forecast_sentences(record, "10 test samples")
    assert len(sentences) == 3
    for reason in left_out.values():
        assert any(reason in sentence for sentence in sentences)
    assert forecast_sentences(ForecastRecord.model_validate(forecast_record(2, **nothing)), "10 test samples") == []
