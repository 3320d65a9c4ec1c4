"""Parameters of text with separated columns."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from stages.core.errors import format_examples
from stages.core.parameters.params import Params, TextPattern
from stages.core.text_values.csv_line import NO_QUOTE, WHITESPACE, has_long_separator
from stages.download.params.text_params import ColumnTypes, Encoding

_ONE_CHARACTER = r"[\x01-\x08\t\x0e-\x1f !#-~]"
_SEVERAL_CHARACTERS = r"(?=.*[^ \t])[\t !#-&(-/:-@\[\]-`{-~]{2,8}"
Separator = Annotated[
    str,
    AfterValidator(
        TextPattern(
            rf"{_ONE_CHARACTER}|{_SEVERAL_CHARACTERS}|{WHITESPACE}",
            "one character, or several punctuation characters such as '||', and no quote, or whitespace",
        )
    ),
]
Quote = Annotated[
    str, AfterValidator(TextPattern(rf"[!-/:-@\[-`{{-~]|{NO_QUOTE}", "one punctuation character, or none"))
]
Escape = Annotated[str, AfterValidator(TextPattern(r"[!-/:-@\[-`{-~]", "one punctuation character, as a rule '\\\\'"))]
Comment = Annotated[str, AfterValidator(TextPattern(r"[!-/:-@\[-`{-~]+", "one or more punctuation characters"))]
Sign = Annotated[
    str,
    AfterValidator(
        TextPattern(r"[^\s\d.,+()'-]([^\d.,+()'-]*[^\s\d.,+()'-])?", "a sign or unit, without digits and . , + - ' ( )")
    ),
]
Suffix = Sign
Multiplier = Annotated[int | float, Field(gt=0)]


class Csv(Params):
    """Text with separated columns.

    `separator` is one character, or several punctuation characters, or `whitespace` for any number of blanks and tabs.
    `names` is required for a file without a header line, and only then. The first `skip_lines` lines, blank lines and
    lines that begin with `comment` are ignored. `trim` ignores blanks around values and names.

    `quote` is the character around values that contain the separator; `none` makes quotes ordinary characters. `escape`
    is the character before a quote that belongs to a value, if it is not doubled. A quoted value with a line break is
    an error unless `line_breaks` is true.

    A column is numbers if all its values are numbers, with this `decimal` point, `thousands` separator and, before or
    after them, one of the `signs`, which is taken off. `thousands: " "` includes no-break spaces. With `grouping:
    indian` the groups are those of 12,34,567. `suffixes` are what a text directly after a number multiplies it by, as
    in `{k: 1000, M: 1000000}`. `trailing_minus` allows 12.5-, and `typographic_minus` the character U+2212 as a minus.

    A column of digits with leading zeros, or with whole numbers that would be rounded, stays text. `types` says
    `number` or `text` for a column whatever its values are.
    """

    format: Literal["csv"]
    separator: Separator = ","
    quote: Quote = '"'
    escape: Escape | None = None
    line_breaks: bool = False
    trim: bool = False
    header: bool = True
    names: list[str] | None = None
    skip_lines: int = Field(default=0, ge=0)
    comment: Comment | None = None
    missing: list[str] = ["", "NA", "N/A", "NaN", "nan", "null", "?"]
    encoding: Encoding = "utf-8"
    decimal: Literal[".", ","] = "."
    thousands: Literal[".", ",", " ", "'"] | None = None
    signs: list[Sign] = []
    negative_in_parentheses: bool = False
    grouping: Literal["international", "indian"] = "international"
    suffixes: dict[Suffix, Multiplier] = {}
    trailing_minus: bool = False
    typographic_minus: bool = False
    types: ColumnTypes = {}

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        if not self.header and not self.names:
            raise ValueError("header is false, so names must list the columns")
        if self.header and self.names:
            raise ValueError("names are for a file without a header line; set header: false, or leave names out")
        return self

    @model_validator(mode="after")
    def _check_characters(self) -> Self:
        """The special characters must differ from one another."""
        used = {"separator": self.separator, "quote": self.quote, "escape": self.escape, "comment": self.comment}
        for first, second in (
            ("separator", "quote"),
            ("separator", "escape"),
            ("quote", "escape"),
            ("quote", "comment"),
        ):
            if used[first] == used[second] is not None:
                raise ValueError(f"{first} and {second} are both {used[first]!r}; change one")
        for name, character in (("quote", self.quote), ("escape", self.escape)):
            if self.has_long_separator and character is not None and character in self.separator:
                raise ValueError(f"separator {self.separator!r} contains the {name}; change one")
        return self

    @model_validator(mode="after")
    def _check_numbers(self) -> Self:
        if self.decimal == self.thousands:
            raise ValueError(f"decimal and thousands are both {self.decimal!r}; change one")
        if self.grouping == "indian" and self.thousands is None:
            raise ValueError("grouping: indian is for numbers with a thousands separator; set thousands, as a rule ','")
        for key, texts in (("signs", self.signs), ("suffixes", [*self.suffixes])):
            if any(text in "eE" for text in texts):
                raise ValueError(f"{key} names 'e', which is the exponent of a number")
        if repeated := sorted({sign for sign in self.signs if self.signs.count(sign) > 1}):
            raise ValueError(f"signs names {format_examples(map(repr, repeated))} more than once")
        if both := [sign for sign in self.signs if sign in self.suffixes]:
            raise ValueError(
                f"signs and suffixes both name {format_examples(map(repr, both))}; a sign is taken off, and a suffix "
                "multiplies the number"
            )
        return self

    @model_validator(mode="after")
    def _check_line_breaks(self) -> Self:
        reasons = {
            "quote: none leaves no way to write one": self.quote == NO_QUOTE,
            "separator: whitespace is read line by line": self.separator == WHITESPACE,
            "a separator of several characters is read line by line": self.has_long_separator,
            "trim is done line by line": self.trim,
            "a line of a value could look like a comment": self.comment is not None,
        }
        if self.line_breaks and any(reasons.values()):
            raise ValueError(f"line_breaks is true, but {format_examples(r for r, found in reasons.items() if found)}")
        if self.trim and self.separator in (WHITESPACE, " "):
            raise ValueError(f"trim is not for separator {self.separator!r}; use `separator: whitespace`")
        return self

    @property
    def plain_numbers(self) -> bool:
        """Numbers are written as in code: 1200.5."""
        other = (self.thousands, self.signs, self.negative_in_parentheses, self.suffixes)
        return self.decimal == "." and not any((*other, self.trailing_minus, self.typographic_minus))

    @property
    def has_long_separator(self) -> bool:
        return has_long_separator(self.separator)
