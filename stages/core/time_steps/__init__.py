"""The usual step between the times of a series, and the times of forecasts. NumPy alone."""
