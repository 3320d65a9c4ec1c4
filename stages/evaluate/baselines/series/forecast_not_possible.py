"""Why a baseline has no forecasts."""


class ForecastNotPossibleError(Exception):
    """The known values do not allow the forecasts of a baseline. The message is the reason."""
