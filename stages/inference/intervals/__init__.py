"""Intervals around forecasts: fitted by evaluate on validation samples, applied to any forecast with NumPy alone."""
