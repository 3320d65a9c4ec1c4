"""Numbers as a file of conf/ has them."""


def number_text(value: float | int) -> str:
    """The shortest text that YAML reads as the same number. With an exponent it needs a point, or it is a text.

    >>> number_text(0.003), number_text(1e-07), number_text(32), number_text(2.0), number_text(1e22)
    ('0.003', '1.0e-07', '32', '2.0', '1.0e+22')
    """
    text = repr(value)
    return text.replace("e", ".0e") if "e" in text and "." not in text else text
