"""What is expected of a dataset's raw data."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from stages.core.errors import format_examples, suggest
from stages.core.params import Params
from stages.validate.expectations.expectation_names import ARGUMENTS, EXPECTATIONS, columns_read


def _known(entry: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    if len(entry) != 1:
        raise ValueError(f"each entry is one `name: {{arguments}}`; received {sorted(entry)}")
    [(name, arguments)] = entry.items()
    if name not in ARGUMENTS:
        raise ValueError(f"no expectation {name!r}; {suggest(name, EXPECTATIONS)}")
    allowed = ARGUMENTS[name]
    unknown = [f"no argument {a!r} ({suggest(a, allowed)})" for a in arguments if a not in allowed]
    if unknown:
        raise ValueError(f"{name}: {', '.join(unknown)}")
    return entry


Expectation = Annotated[dict[str, dict[str, Any]], AfterValidator(_known)]


class Drift(Params):
    """How far a column may be from its accepted profile; one that goes further is told, or fails the stage.

    `psi` and `ks` are distances between the distributions, `outside` is the share of values beyond the accepted
    range, and `missing` by how much the share of missing values may rise.
    """

    exceeded: Literal["fail", "report"] = "report"
    psi: float = Field(default=0.25, gt=0)
    ks: float = Field(default=0.2, gt=0, le=1)
    outside: float = Field(default=0.01, ge=0, le=1)
    missing: float = Field(default=0.05, ge=0, le=1)
    ignore: list[str] = []


def _off(value: object) -> object:
    """YAML reads a plain `off` as false."""
    return "off" if value is False else value


class NearDuplicates(Params):
    """Rows that are nearly some row of an earlier split; where all rows came as one, of those above, never fatal.

    `pictures` are alike by the correlation of their pixels, `texts` by the share of their runs of three words that
    both have; of `rows`, no number differs by more than this part of the distance between its column's quartiles.
    """

    across_splits: Annotated[Literal["report", "fail", "off"], BeforeValidator(_off)] = "report"
    pictures: float = Field(default=0.99, ge=0.5, lt=1)
    texts: float = Field(default=0.5, ge=0.1, lt=1)
    rows: float = Field(default=0.001, gt=0, le=0.1)


class Validate(Params):
    """`columns` is the exact set; `expectations` are Great Expectations' own, by name.

    Every column must be free of missing values unless `may_be_missing` names it. Images and tokens have no
    columns: their profile has, with one row a picture or a text. In a series, `longest_gap` is the most days from one
    row to the next.
    """

    columns: Annotated[list[str], Field(min_length=1)] | None = None
    may_be_missing: list[str] = []
    expectations: list[Expectation] = []
    longest_gap: float | None = Field(default=None, gt=0)
    duplicates_across_splits: Literal["fail", "report"] = "fail"
    near_duplicates: NearDuplicates = NearDuplicates()
    copied_columns: Literal["fail", "report"] = "report"
    drift: Drift = Drift()
    offending_rows: int = Field(default=5, ge=1, le=5)

    @model_validator(mode="after")
    def _about_its_own_columns(self) -> Self:
        errors = self.strangers(self.columns) if self.columns is not None else []
        if errors:
            raise ValueError("; ".join(errors))
        return self

    def strangers(self, columns: list[str]) -> list[str]:
        """Names of columns, anywhere in here, that `columns` does not have, and names that it has twice."""
        twice = sorted({c for c in columns if columns.count(c) > 1})
        errors = [f"columns names {format_examples(map(repr, twice))} more than once"] if twice else []
        read = [("may_be_missing", c) for c in self.may_be_missing]
        read += [("drift.ignore", c) for c in self.drift.ignore]
        read += [(n, c) for e in self.expectations for n, a in e.items() for c in columns_read(n, a)]
        return errors + [
            f"{where} names column {c!r}; {suggest(str(c), columns)}" for where, c in read if c not in columns
        ]
