"""The parameters of the kinds of columns, as written in `preprocess.columns` in conf/."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from stages.core.parameters.params import Params

DatePart = Literal["year", "quarter", "month", "day", "weekday", "day_of_year", "hour", "minute"]
# A value of a table as it is written in YAML.
Value = str | int | float | bool


class Constant(Params):
    """Fill gaps with this value."""

    constant: Value


class _Filled(Params):
    """`missing_values` are values that stand for a gap, beside those that the file format knows.

    `missing_indicator` adds a column that is 1 where the value was missing.
    """

    missing_values: list[Value] = []
    missing_indicator: bool = False

    @model_validator(mode="after")
    def _check_indicator(self) -> Self:
        if self.missing_indicator and getattr(self, "missing", None) in ("refuse", "category"):
            raise ValueError("missing_indicator is for gaps that are filled with a value; take it out")
        return self


class NumberParams(_Filled):
    kind: Literal["number"]
    missing: Literal["refuse", "median", "mean", "most_frequent", "forward"] | Constant = "refuse"

    @model_validator(mode="after")
    def _check_constant(self) -> Self:
        if isinstance(self.missing, Constant) and not isinstance(self.missing.constant, int | float):
            raise ValueError(f"missing: {self.missing.constant!r} is not a number")
        return self


class CategoryParams(_Filled):
    """Classes without an order. `auto` is one-hot up to `one_hot_up_to` categories, else an embedding.

    Categories with fewer than `minimum_count` training rows become `other`, and so do categories that no training row
    has, unless `unseen: fail` refuses them. `missing: category` makes gaps a category of their own.
    """

    kind: Literal["category"]
    missing: Literal["refuse", "most_frequent", "category", "forward"] | Constant = "refuse"
    encoding: Literal["auto", "one_hot", "embedding"] = "auto"
    one_hot_up_to: int = Field(default=20, ge=2)
    minimum_count: int = Field(default=1, ge=1)
    unseen: Literal["other", "fail"] = "other"


class BooleanParams(_Filled):
    """`true_values` and `false_values` are the texts that mean yes and no, in upper or lower case."""

    kind: Literal["boolean"]
    missing: Literal["refuse", "most_frequent", "forward"] | Constant = "refuse"
    true_values: list[str] = Field(default=["true", "yes", "y", "t", "1"], min_length=1)
    false_values: list[str] = Field(default=["false", "no", "n", "f", "0"], min_length=1)

    @model_validator(mode="after")
    def _check_values(self) -> Self:
        if both := sorted({v.lower() for v in self.true_values} & {v.lower() for v in self.false_values}):
            raise ValueError(f"{', '.join(both)} cannot mean both true and false")
        return self

    @model_validator(mode="after")
    def _check_constant(self) -> Self:
        if isinstance(self.missing, Constant) and not isinstance(self.missing.constant, bool):
            raise ValueError(f"missing: {self.missing.constant!r} is neither true nor false")
        return self


class DateParams(_Filled):
    """`format` is a format of strptime; without it dates are ISO 8601.

    `parts` become a column each, with `cyclic` a sine and a cosine, so that December is next to January (`year` stays
    a number). `elapsed` is a column of days since the first training row.
    """

    kind: Literal["date"]
    missing: Literal["refuse", "median", "most_frequent", "forward"] = "refuse"
    format: str | None = None
    parts: list[DatePart] = ["month", "weekday"]
    cyclic: bool = True
    elapsed: bool = True

    @model_validator(mode="after")
    def _check_not_empty(self) -> Self:
        if not self.parts and not self.elapsed:
            raise ValueError("a date without parts and without elapsed has no column; use kind ignore")
        return self

    @field_validator("parts")
    @classmethod
    def _check_parts(cls, parts: list[DatePart]) -> list[DatePart]:
        if repeated := sorted({part for part in parts if parts.count(part) > 1}):
            raise ValueError(f"parts names {', '.join(repeated)} more than once")
        return parts


class TextParams(Params):
    """Lower-cased words, of which the `vocabulary_size` most frequent ones of the training rows count.

    A word is a run of letters and digits, and may have apostrophes inside. Words that fewer than `minimum_count`
    training rows have do not count. `multi_hot` and `tf_idf` make one column for each word, `ids` the numbers of the
    first `length` words, 200 if it is not given. `missing: empty` makes gaps empty texts.
    """

    kind: Literal["text"]
    form: Literal["multi_hot", "tf_idf", "ids"] = "multi_hot"
    vocabulary_size: int = Field(default=10_000, ge=2)
    minimum_count: int = Field(default=1, ge=1)
    length: int | None = Field(default=None, ge=1)
    missing: Literal["refuse", "empty"] = "refuse"

    @model_validator(mode="after")
    def _check_length(self) -> Self:
        if self.length and self.form != "ids":
            raise ValueError(f"length is for form: ids, not {self.form}; take it out")
        return self


class PictureParams(Params):
    """A picture of `download.pictures`, with values from 0 to 1. `missing: blank` makes gaps black pictures."""

    kind: Literal["picture"]
    missing: Literal["refuse", "blank"] = "refuse"


class IgnoreParams(Params):
    """Not an input."""

    kind: Literal["ignore"]


class WeightParams(Params):
    """The weight of each row in training and in metrics; not an input."""

    kind: Literal["weight"]


class GroupParams(Params):
    """Rows with the same value are in the same split; not an input."""

    kind: Literal["group"]


def picture_kind_error(column: str, kind: str, has_pictures: bool) -> str | None:
    """Say what is wrong if exactly one of `download.pictures` and the kind of an input makes the column pictures.

    >>> picture_kind_error("photo", "picture", True)
    """
    if (kind == "picture") == has_pictures:
        return None
    if has_pictures:
        return f"kind {kind}, but download.pictures reads the pictures of this column; use picture or ignore"
    return f"kind picture, but download.pictures has no column {column!r}; add it there with the folder of its pictures"


def _kind_from_word(value: Any) -> Any:
    """`category` is short for `{kind: category}`."""
    return {"kind": value} if isinstance(value, str) else value


FeatureParams = NumberParams | CategoryParams | BooleanParams | DateParams
InputParams = FeatureParams | TextParams | PictureParams
ColumnParams = Annotated[
    Annotated[InputParams | IgnoreParams | WeightParams | GroupParams, Field(discriminator="kind")],
    BeforeValidator(_kind_from_word),
]
