"""Rounding of numbers that are committed or shown."""


def round_significant(value: float, digits: int = 6) -> float:
    """Round to significant digits, so that the last bits of a value do not change committed files.

    >>> round_significant(0.123456789), round_significant(1234567.8), round_significant(0.0)
    (0.123457, 1234570.0, 0.0)
    """
    return float(f"{value:.{digits}g}")
