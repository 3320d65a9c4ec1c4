import pytest

from stages.report.sections.forecasts.choose_metric import choose_metric


@pytest.mark.parametrize(
    ("metrics", "headline", "chosen"),
    [
        (["mae", "rmse", "smape"], "smape", "smape"),
        (["mae", "rmse"], "accuracy", "rmse"),
        (["smape", "mae"], "accuracy", "mae"),
        ([], "accuracy", "accuracy"),
    ],
)
def test_the_metric_of_forecasts(metrics: list[str], headline: str, chosen: str) -> None:
    assert choose_metric(metrics, headline) == chosen
