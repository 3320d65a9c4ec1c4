"""Which metric forecasts are compared by."""

from collections.abc import Collection


def choose_metric(metrics: Collection[str], headline: str) -> str:
    """The headline metric if it was measured, else the root mean squared error, else the first by name.

    >>> choose_metric(["mae", "rmse"], "mae"), choose_metric(["mae", "rmse"], "r2")
    ('mae', 'rmse')
    """
    return next((metric for metric in (headline, "rmse") if metric in metrics), min(metrics, default=headline))
