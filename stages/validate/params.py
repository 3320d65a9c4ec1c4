"""The parameters of validate: what is expected of the raw data of a dataset."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from stages.core.errors import format_examples, suggest
from stages.core.parameters.params import Params
from stages.validate.expectations.expectation_names import ARGUMENTS, columns_read


def _check_names(entry: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """One known expectation with known arguments. Great Expectations checks their values in validate."""
    if len(entry) != 1:
        raise ValueError(f"each entry is one `name: {{arguments}}`; received {sorted(entry)}")
    [(name, arguments)] = entry.items()
    if name not in ARGUMENTS:
        raise ValueError(f"no expectation {name!r}; {suggest(name, list(ARGUMENTS))}")
    allowed = ARGUMENTS[name]
    unknown = [f"no argument {a!r} ({suggest(a, allowed)})" for a in arguments if a not in allowed]
    if unknown:
        raise ValueError(f"{name}: {', '.join(unknown)}")
    return entry


ExpectationEntry = Annotated[dict[str, dict[str, Any]], AfterValidator(_check_names)]


class Drift(Params):
    """How far a column may be from the accepted profile before drift is reported, or fails the stage.

    `psi` and `ks` are distances between the distributions. `outside` is the share of values outside the accepted
    range. `missing` is the increase of the share of missing values. `ignore` names columns that are not compared.
    """

    exceeded: Literal["fail", "report"] = "report"
    psi: float = Field(default=0.25, gt=0)
    ks: float = Field(default=0.2, gt=0, le=1)
    outside: float = Field(default=0.01, ge=0, le=1)
    missing: float = Field(default=0.05, ge=0, le=1)
    ignore: list[str] = []


def _read_off(value: object) -> object:
    """YAML reads a plain `off` as false."""
    return "off" if value is False else value


class NearDuplicates(Params):
    """Rows that are nearly the same as a row of an earlier split.

    If there is one split, each row is compared with the rows above it, and near duplicates never fail the stage.

    `images` is the least correlation of their pixels, `texts` the least share of runs of three words that both
    texts have. For `rows` of a table, no number may differ by more than this part of its column's interquartile range.
    """

    across_splits: Annotated[Literal["report", "fail", "off"], BeforeValidator(_read_off)] = "report"
    images: float = Field(default=0.99, ge=0.5, lt=1)
    texts: float = Field(default=0.5, ge=0.1, lt=1)
    rows: float = Field(default=0.001, gt=0, le=0.1)


class Validate(Params):
    """`columns` are exactly the columns of a table; `expectations` are those of Great Expectations, by name.

    A column must have no missing values unless `may_be_missing` names it. Images and texts have no columns:
    expectations name their label and their statistics. `longest_gap` is the most days between two rows of a series.
    """

    columns: Annotated[list[str], Field(min_length=1)] | None = None
    may_be_missing: list[str] = []
    expectations: list[ExpectationEntry] = []
    longest_gap: float | None = Field(default=None, gt=0)
    duplicates_across_splits: Literal["fail", "report"] = "fail"
    near_duplicates: NearDuplicates = NearDuplicates()
    redundant_columns: Literal["fail", "report"] = "report"
    drift: Drift = Drift()
    max_examples: int = Field(default=5, ge=1, le=5)

    @model_validator(mode="after")
    def _check_columns(self) -> Self:
        errors = self.column_errors(self.columns) if self.columns is not None else []
        if errors:
            raise ValueError("; ".join(errors))
        return self

    def column_errors(self, columns: list[str]) -> list[str]:
        """Messages about names that `columns` has twice, and about names in these parameters that it does not have."""
        repeated = sorted({name for name in columns if columns.count(name) > 1})
        errors = [f"columns names {format_examples(map(repr, repeated))} more than once"] if repeated else []
        used = [("may_be_missing", name) for name in self.may_be_missing]
        used += [("drift.ignore", name) for name in self.drift.ignore]
        for entry in self.expectations:
            for expectation, arguments in entry.items():
                used += [(expectation, name) for name in columns_read(expectation, arguments)]
        return errors + [
            f"{key} names column {name!r}; {suggest(str(name), columns)}" for key, name in used if name not in columns
        ]
