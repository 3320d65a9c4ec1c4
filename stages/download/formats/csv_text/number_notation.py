"""How numbers are written: the decimal point, the thousands separator, and signs such as % before or after them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from stages.download.params.csv_params import Csv

NO_BREAK_SPACES = "\u00a0\u202f"
BLANK = rf"[ \t{NO_BREAK_SPACES}]"


@dataclass(frozen=True)
class NumberNotation:
    """`pattern` matches the text of a whole value. It is for Python's `re` and for Arrow's RE2.

    >>> price = NumberNotation(decimal=",", thousands=".", signs=("€", "%"))
    >>> [bool(re.fullmatch(price.pattern, text)) for text in ("-1.200,50 €", "€ 5", "12%", "1.20", "5 € %")]
    [True, True, True, False, False]
    >>> price.plain("-1.200,50 €"), NumberNotation(negative_in_parentheses=True).plain("(3)")
    ('-1200.50', '-3')
    """

    decimal: str = "."
    thousands: str | None = None
    signs: tuple[str, ...] = ()
    negative_in_parentheses: bool = False

    @classmethod
    def of(cls, params: Csv) -> "NumberNotation":
        return cls(params.decimal, params.thousands, tuple(params.signs), params.negative_in_parentheses)

    @cached_property
    def pattern(self) -> str:
        sign = f"(?:{self.sign_pattern}){BLANK}*" if self.signs else ""
        minus = "[-+]?"
        # The sign is before or after the number, and before or after the minus.
        forms = [minus + self._number]
        if sign:
            forms += [f"{minus}{BLANK}*{sign}{self._number}", f"{sign}[-+]{self._number}"]
            forms.append(f"{minus}{self._number}{BLANK}*(?:{self.sign_pattern})")
        if self.negative_in_parentheses:
            before, after = (f"(?:{sign})?", f"(?:{BLANK}*(?:{self.sign_pattern}))?") if sign else ("", "")
            forms.append(rf"\({BLANK}*(?:{before}{self._number}|{self._number}{after}){BLANK}*\)")
        return f"{BLANK}*(?:{'|'.join(forms)}){BLANK}*"

    @cached_property
    def _number(self) -> str:
        """Groups of three digits begin with a group that is no zero: 0,125 has no thousands."""
        point = re.escape(self.decimal)
        whole = r"[0-9]+"
        if self.thousands:
            whole = rf"(?:[1-9][0-9]{{0,2}}(?:{self.thousands_pattern}[0-9]{{3}})+|[0-9]+)"
        return rf"(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][-+]?[0-9]+)?"

    @cached_property
    def thousands_pattern(self) -> str:
        return f"[ {NO_BREAK_SPACES}]" if self.thousands == " " else re.escape(self.thousands or "")

    @cached_property
    def sign_pattern(self) -> str:
        """The longest sign first, so that US$ is not read as $ after some text."""
        return "|".join(re.escape(sign) for sign in sorted(self.signs, key=lambda sign: (-len(sign), sign)))

    @cached_property
    def removed_pattern(self) -> str:
        """What is taken off a value that matches, before its decimal point is replaced."""
        thousands = self.thousands and self.thousands_pattern
        return "|".join(part for part in (rf"[ \t{NO_BREAK_SPACES}+()]", thousands, self.sign_pattern) if part)

    def plain(self, text: str) -> str:
        """The number as in code. `text` matches the pattern."""
        minus = "-" if self.negative_in_parentheses and "(" in text else ""
        return minus + re.sub(self.removed_pattern, "", text).replace(self.decimal, ".")

    def signs_in(self, texts: Sequence[str]) -> list[str]:
        """The signs that occur in these values, in the order of `signs`."""
        found = {sign for text in texts for sign in re.findall(self.sign_pattern, text)} if self.signs else set()
        return [sign for sign in self.signs if sign in found]
