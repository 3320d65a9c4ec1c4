"""What is measured of forecasts: intervals, a test against the best baseline, and the direction of the change."""
