"""How numbers are written: decimal point, groups of digits, minus, suffixes such as k, and signs such as %."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal, Protocol

NO_BREAK_SPACES = "\u00a0\u202f"
BLANK = rf"[ \t{NO_BREAK_SPACES}]"
TYPOGRAPHIC_MINUS = "\N{MINUS SIGN}"


class NumberOptions(Protocol):
    """The options of a file that say how its numbers are written, by the names that they have in conf."""

    @property
    def decimal(self) -> str: ...
    @property
    def thousands(self) -> str | None: ...
    @property
    def signs(self) -> Sequence[str]: ...
    @property
    def negative_in_parentheses(self) -> bool: ...
    @property
    def grouping(self) -> Literal["international", "indian"]: ...
    @property
    def suffixes(self) -> Mapping[str, float]: ...
    @property
    def trailing_minus(self) -> bool: ...
    @property
    def typographic_minus(self) -> bool: ...


@dataclass(frozen=True)
class NumberNotation:
    """`pattern` matches the text of a whole value. It is for Python's `re` and for Arrow's RE2.

    >>> price = NumberNotation(decimal=",", thousands=".", signs=("€", "%"))
    >>> [bool(re.fullmatch(price.pattern, text)) for text in ("-1.200,50 €", "€ 5", "12%", "1.20", "5 € %")]
    [True, True, True, False, False]
    >>> price.plain("-1.200,50 €"), NumberNotation(negative_in_parentheses=True).plain("(3)")
    ('-1200.50', '-3')
    >>> NumberNotation(trailing_minus=True).plain("12.5-"), NumberNotation(suffixes=(("k", 1000),)).value("1.1 k")
    ('-12.5', 1100.0)
    """

    decimal: str = "."
    thousands: str | None = None
    signs: tuple[str, ...] = ()
    negative_in_parentheses: bool = False
    grouping: Literal["international", "indian"] = "international"
    suffixes: tuple[tuple[str, float], ...] = ()
    trailing_minus: bool = False
    typographic_minus: bool = False

    @classmethod
    def of(cls, options: NumberOptions) -> "NumberNotation":
        return cls(
            options.decimal,
            options.thousands,
            tuple(options.signs),
            options.negative_in_parentheses,
            options.grouping,
            tuple(options.suffixes.items()),
            options.trailing_minus,
            options.typographic_minus,
        )

    @cached_property
    def pattern(self) -> str:
        sign = f"(?:{self.sign_pattern}){BLANK}*" if self.signs else ""
        # The sign is before or after the number, and before or after the minus.
        forms = [f"{self._minus}?{self._number}"]
        if sign:
            forms += [f"{self._minus}?{BLANK}*{sign}{self._number}", f"{sign}{self._minus}{self._number}"]
            forms.append(f"{self._minus}?{self._number}{BLANK}*(?:{self.sign_pattern})")
        if self.trailing_minus:
            forms += [f"(?:{sign})?{self._negative_number}"] if sign else [self._negative_number]
            forms += [f"{self._negative_number}{BLANK}*(?:{self.sign_pattern})"] if sign else []
        if self.negative_in_parentheses:
            before, after = (f"(?:{sign})?", f"(?:{BLANK}*(?:{self.sign_pattern}))?") if sign else ("", "")
            forms.append(rf"\({BLANK}*(?:{before}{self._number}|{self._number}{after}){BLANK}*\)")
        return f"{BLANK}*(?:{'|'.join(forms)}){BLANK}*"

    @cached_property
    def _minus(self) -> str:
        return f"[-+{TYPOGRAPHIC_MINUS}]" if self.typographic_minus else "[-+]"

    @cached_property
    def _negative_number(self) -> str:
        """With the minus after it, as in 12.5-."""
        return f"{self._number}{BLANK}*[-{TYPOGRAPHIC_MINUS if self.typographic_minus else ''}]"

    @cached_property
    def _number(self) -> str:
        exponent = f"[eE]{self._minus}?[0-9]+"
        suffix = f"|{BLANK}*(?:{self.suffix_pattern})" if self.suffixes else ""
        return f"{self._digits}(?:{exponent}{suffix})?"

    @cached_property
    def _digits(self) -> str:
        """Groups of digits begin with a group that is no zero: 0,125 has no thousands."""
        point = re.escape(self.decimal)
        whole = r"[0-9]+"
        if self.thousands:
            groups = rf"[1-9][0-9]{{0,2}}(?:{self.thousands_pattern}[0-9]{{3}})+"
            if self.grouping == "indian":
                groups = rf"[1-9][0-9]?(?:{self.thousands_pattern}[0-9]{{2}})*{self.thousands_pattern}[0-9]{{3}}"
            whole = rf"(?:{groups}|[0-9]+)"
        return rf"(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+)"

    @cached_property
    def thousands_pattern(self) -> str:
        return f"[ {NO_BREAK_SPACES}]" if self.thousands == " " else re.escape(self.thousands or "")

    @cached_property
    def sign_pattern(self) -> str:
        return _longest_first(self.signs)

    @cached_property
    def suffix_pattern(self) -> str:
        return _longest_first([suffix for suffix, _ in self.suffixes])

    @cached_property
    def removed_pattern(self) -> str:
        """What is taken off a value that matches, before its decimal point is replaced."""
        thousands = self.thousands and self.thousands_pattern
        return "|".join(part for part in (rf"[ \t{NO_BREAK_SPACES}+()]", thousands, self.sign_pattern) if part)

    def plain(self, text: str) -> str:
        """The number as in code. `text` matches the pattern."""
        minus = "-" if self.negative_in_parentheses and "(" in text else ""
        text = text.replace(TYPOGRAPHIC_MINUS, "-") if self.typographic_minus else text
        number = re.sub(self.removed_pattern, "", text).replace(self.decimal, ".")
        if self.trailing_minus and number.endswith("-"):
            number = f"-{number[:-1]}"
        return minus + number

    def value(self, text: str) -> float:
        """The number, multiplied by what its suffix stands for. `text` matches the pattern.

        The product is that of the decimal digits, so that 1.1k is the same number as 1100.
        """
        # Only a sign may follow: 5 kg has the sign kg, not the suffix k.
        end = rf"[ \t{NO_BREAK_SPACES}{TYPOGRAPHIC_MINUS})-]*(?:{self.sign_pattern})?[ \t{NO_BREAK_SPACES})]*$"
        found = re.search(rf"(?P<digits>{self._digits}){BLANK}*(?P<suffix>{self.suffix_pattern})(?={end})", text)
        if found is None or not self.suffixes:
            return float(self.plain(text))
        number = self.plain(text[: found.end("digits")] + text[found.end("suffix") :])
        return float(Decimal(number) * Decimal(str(dict(self.suffixes)[found["suffix"]])))

    def signs_in(self, texts: Sequence[str]) -> list[str]:
        """The signs that occur in these values, in the order of `signs`."""
        found = {sign for text in texts for sign in re.findall(self.sign_pattern, text)} if self.signs else set()
        return [sign for sign in self.signs if sign in found]


def _longest_first(texts: Sequence[str]) -> str:
    """A pattern of alternatives, the longest one first, so that US$ is not read as $ after some text."""
    return "|".join(re.escape(text) for text in sorted(texts, key=lambda text: (-len(text), text)))
