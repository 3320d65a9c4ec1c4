"""Parameters of sources that need no file: sample data of libraries, and data computed by a formula."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, FiniteFloat, field_validator, model_validator

from stages.core.errors import format_examples
from stages.core.parameters.params import Params, TextPattern
from stages.download.params.resample_params import Resample, check_not_of_time

SplitName = Annotated[
    str, AfterValidator(TextPattern(r"[a-z0-9_]+", "a name of lower-case letters, digits and _ only"))
]
Numbers = Annotated[list[float], Field(min_length=1)]
Columns = Annotated[dict[str, Numbers], Field(min_length=1)]


class Sklearn(Params):
    """A small dataset that is installed with scikit-learn."""

    source: Literal["sklearn"]
    name: Literal["iris", "breast_cancer", "wine", "diabetes", "digits"]


class Matplotlib(Params):
    """A series of matplotlib's sample data. With `resample`, it has one row for each period."""

    source: Literal["matplotlib"]
    name: Literal["goog", "stocks"]
    resample: Resample | None = None

    @model_validator(mode="after")
    def _check_resample(self) -> Self:
        check_not_of_time(self.resample, "date")
        return self


class Statsmodels(Params):
    """A series of statsmodels' sample data. With `resample`, it has one row for each period."""

    source: Literal["statsmodels"]
    name: Literal["co2", "sunspots"]
    resample: Resample | None = None

    @model_validator(mode="after")
    def _check_resample(self) -> Self:
        check_not_of_time(self.resample, "date" if self.name == "co2" else "year")
        return self


class Points(Params):
    """Rows that are listed in the configuration, by split and column."""

    source: Literal["formula"]
    formula: Literal["points"]
    splits: dict[SplitName, Columns] = Field(min_length=1)

    @field_validator("splits")
    @classmethod
    def _check_columns(cls, splits: dict[str, Columns]) -> dict[str, Columns]:
        for split, columns in splits.items():
            if len({len(values) for values in columns.values()}) > 1:
                lengths = format_examples(f"{name}: {len(values)}" for name, values in columns.items())
                raise ValueError(f"{split}: columns differ in length ({lengths})")
        if len({frozenset(columns) for columns in splits.values()}) > 1:
            names = "; ".join(f"{split}: {format_examples(columns)}" for split, columns in splits.items())
            raise ValueError(f"splits differ in columns ({names})")
        return splits


class Count(Params):
    """The series first, first + step, first + 2 * step, ..."""

    source: Literal["formula"]
    formula: Literal["count"]
    rows: int = Field(ge=1)
    first: FiniteFloat = 1.0
    step: FiniteFloat = 1.0


class Line(Params):
    """y = slope * x + intercept for the listed values of x."""

    source: Literal["formula"]
    formula: Literal["line"]
    slope: FiniteFloat
    intercept: FiniteFloat
    splits: dict[SplitName, Numbers] = Field(min_length=1)


class TwoTables(Params):
    """Two input tables whose columns are permutations of 1..rows, and two targets computed from both tables."""

    source: Literal["formula"]
    formula: Literal["two_tables"]
    rows: int = Field(ge=2)


Formula = Annotated[Points | Count | Line | TwoTables, Field(discriminator="formula")]
Builtin = Sklearn | Matplotlib | Statsmodels | Points | Count | Line | TwoTables
