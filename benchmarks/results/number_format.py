"""Formats numbers for the table and the page."""


def three_digits(value: float) -> str:
    """
    >>> three_digits(0.98765), three_digits(12.345), three_digits(123456.7)
    ('0.988', '12.3', '123,457')
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def duration(seconds: float) -> str:
    """
    >>> duration(12.34), duration(0.0056), duration(0.0000078)
    ('12.3 s', '5.6 ms', '7.8 µs')
    """
    if seconds >= 1:
        return f"{three_digits(seconds)} s"
    return f"{three_digits(seconds * 1e3)} ms" if seconds >= 1e-3 else f"{three_digits(seconds * 1e6)} µs"


def megabytes(size: int) -> str:
    """
    >>> megabytes(1_500_000), megabytes(250)
    ('1.5 MB', '0.00025 MB')
    """
    return f"{three_digits(size / 1e6)} MB"


def percent(share: float) -> str:
    """
    >>> percent(0.256)
    '25.6%'
    """
    return f"{three_digits(share * 100)}%"
