"""Where a dataset comes from."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, FiniteFloat, StringConstraints, field_validator, model_validator

from stages.core.errors import examples
from stages.core.params import Params

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
SplitKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]
Numbers = Annotated[list[float], Field(min_length=1)]
Columns = Annotated[dict[str, Numbers], Field(min_length=1)]


class Sklearn(Params):
    """One of the small sets that scikit-learn carries."""

    source: Literal["sklearn"]
    name: Literal["iris", "breast_cancer", "wine", "diabetes", "digits"]


class Matplotlib(Params):
    """A table among matplotlib's sample data."""

    source: Literal["matplotlib"]
    name: Literal["goog"]


class Points(Params):
    """Rows written down in the conf itself, per split and column."""

    source: Literal["formula"]
    formula: Literal["points"]
    splits: dict[SplitKey, Columns] = Field(min_length=1)

    @field_validator("splits")
    @classmethod
    def _same_columns(cls, splits: dict[str, Columns]) -> dict[str, Columns]:
        for split, columns in splits.items():
            if len({len(values) for values in columns.values()}) > 1:
                raise ValueError(f"{split}: columns differ in length ({_lengths(columns)})")
        if len({frozenset(columns) for columns in splits.values()}) > 1:
            raise ValueError(f"splits differ in columns ({_names(splits)})")
        return splits


def _lengths(columns: Columns) -> str:
    return examples(f"{name}: {len(values)}" for name, values in columns.items())


def _names(splits: dict[str, Columns]) -> str:
    return "; ".join(f"{split}: {examples(columns)}" for split, columns in splits.items())


class Count(Params):
    """The series first, first + step, ..."""

    source: Literal["formula"]
    formula: Literal["count"]
    rows: int = Field(ge=1)
    first: FiniteFloat = 1.0
    step: FiniteFloat = 1.0


class Line(Params):
    """y = slope * x + intercept at the given x."""

    source: Literal["formula"]
    formula: Literal["line"]
    slope: FiniteFloat
    intercept: FiniteFloat
    splits: dict[SplitKey, Numbers] = Field(min_length=1)


Formula = Annotated[Points | Count | Line, Field(discriminator="formula")]


class Csv(Params):
    """Text columns. Names are given where the file has no header line, and only there."""

    format: Literal["csv"]
    separator: str = Field(default=",", pattern=r"^[\t !#-~]$")
    header: bool = True
    names: list[str] | None = None
    missing: list[str] = ["", "NA", "N/A", "NaN", "nan", "null", "?"]
    encoding: str = "utf-8"

    @model_validator(mode="after")
    def _names_or_header(self) -> Self:
        if not self.header and not self.names:
            raise ValueError("header is false, so names must list the columns")
        if self.header and self.names:
            raise ValueError("names are for a file without a header line; set header: false, or leave names out")
        return self

    @field_validator("encoding")
    @classmethod
    def _encodes_text(cls, encoding: str) -> str:
        try:
            "".encode(encoding)
        except LookupError:
            raise ValueError(f"no encoding {encoding!r}; for example utf-8, latin-1, cp1252, utf-16") from None
        return encoding


class Parquet(Params):
    format: Literal["parquet"]


class Npz(Params):
    """Arrays by name: `images` and `labels`; never pickled objects."""

    format: Literal["npz"]
    images: str
    labels: str
    classes: list[str]


Format = Annotated[Csv | Parquet | Npz, Field(discriminator="format")]


class Files(Params):
    """What a file and a download have in common: how to read it and what it becomes.

    Dates are ISO 8601 unless `time_format` says how they are written (as for strptime).
    """

    format: Format
    kind: Literal["table", "series"] = "table"
    columns: list[str] | None = Field(default=None, min_length=1)
    time: str | None = None
    time_format: str | None = None
    classes: dict[str, list[str]] = {}

    @model_validator(mode="after")
    def _series_has_time(self) -> Self:
        if self.time is not None and self.kind != "series":
            raise ValueError("time is for kind: series only")
        if self.time_format is not None and self.time is None:
            raise ValueError("time_format says how time is written, but time names no column")
        return self

    @model_validator(mode="after")
    def _images_have_no_columns(self) -> Self:
        for_tables = {"kind", "columns", "time", "time_format", "classes"} & self.model_fields_set
        if isinstance(self.format, Npz) and for_tables:
            raise ValueError(f"npz holds images; {examples(sorted(for_tables))}: for tables only")
        return self

    @model_validator(mode="after")
    def _columns_once_and_complete(self) -> Self:
        if self.columns is None:
            return self
        if repeated := sorted({c for c in self.columns if self.columns.count(c) > 1}):
            raise ValueError(f"columns names {examples(repeated)} more than once")
        if missing := [c for c in self.named if c not in self.columns]:
            raise ValueError(f"columns leaves out {examples(missing)}, which time or classes need")
        return self

    @property
    def named(self) -> list[str]:
        """The columns that `time` and `classes` speak of."""
        return [*([self.time] if self.time is not None else []), *self.classes]


class LocalFile(Params):
    path: str
    sha256: Sha256


class File(Files):
    """Files that lie on this machine, relative to the repository."""

    source: Literal["file"]
    files: dict[SplitKey, LocalFile] = Field(min_length=1)


class RemoteFile(Params):
    urls: list[Annotated[str, StringConstraints(pattern=r"^https?://")]] = Field(min_length=1)
    sha256: Sha256
    size: int | None = Field(default=None, ge=0)


class Http(Files):
    """Files fetched and checked; addresses in order of preference."""

    source: Literal["http"]
    files: dict[SplitKey, RemoteFile] = Field(min_length=1)
    retries: int = Field(default=3, ge=0, le=20)
    timeout: float = Field(default=30.0, gt=0)


Source = Sklearn | Matplotlib | Formula | File | Http
Download: Any = Annotated[Source, Field(discriminator="source")]
