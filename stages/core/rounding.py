"""Rounding of numbers that are committed or shown."""


def round_significant(value: float, digits: int = 6) -> float:
    """Round to significant digits, so that the last bits of a value do not change committed files.

    >>> round_significant(0.123456789), round_significant(1234567.8), round_significant(0.0)
    (0.123457, 1234570.0, 0.0)
    """
    return float(f"{value:.{digits}g}")


def round_difference(difference: float, value: float) -> float:
    """A difference of numbers of the size of `value`, rounded; 0 if only the last bits differ.

    >>> round_difference(1.1e-16, 0.97), round_difference(-0.0333333333, 0.97)
    (0.0, -0.0333333)
    """
    return 0.0 if abs(difference) <= 1e-12 * abs(value) else round_significant(difference)
