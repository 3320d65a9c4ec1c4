"""Where a dataset comes from."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from stages.core.params import Params

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
SplitKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]


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
    splits: dict[SplitKey, dict[str, list[float]]] = Field(min_length=1)


class Count(Params):
    """The series first, first + step, ..."""

    source: Literal["formula"]
    formula: Literal["count"]
    rows: int = Field(ge=1)
    first: float = 1.0
    step: float = 1.0


class Line(Params):
    """y = slope * x + intercept at the given x."""

    source: Literal["formula"]
    formula: Literal["line"]
    slope: float
    intercept: float
    splits: dict[SplitKey, list[float]] = Field(min_length=1)


Formula = Annotated[Points | Count | Line, Field(discriminator="formula")]


class Csv(Params):
    """Text columns. Names are given where the file has no header line."""

    format: Literal["csv"]
    separator: str = Field(default=",", min_length=1, max_length=1)
    header: bool = True
    names: list[str] | None = None
    missing: list[str] = ["", "NA", "N/A", "NaN", "nan", "null", "?"]
    encoding: str = "utf-8"

    @model_validator(mode="after")
    def _names_or_header(self) -> Self:
        if not self.header and not self.names:
            raise ValueError("header is false, so names must list the columns")
        return self


class Parquet(Params):
    format: Literal["parquet"]


class Npz(Params):
    """Arrays by name: `images` and `labels`; never pickled objects."""

    format: Literal["npz"]
    images: str
    labels: str
    classes: list[str]


Format = Annotated[Csv | Parquet | Npz, Field(discriminator="format")]


class _Files(Params):
    """What a file or a download has in common: how to read it and what it becomes."""

    format: Format
    kind: Literal["table", "series"] = "table"
    columns: list[str] | None = None
    time: str | None = None
    classes: dict[str, list[str]] = {}

    @model_validator(mode="after")
    def _series_has_time(self) -> Self:
        if self.time is not None and self.kind != "series":
            raise ValueError("time is for kind: series only")
        return self


class LocalFile(Params):
    path: str
    sha256: Sha256


class File(_Files):
    """Files that lie on this machine, relative to the repository."""

    source: Literal["file"]
    files: dict[SplitKey, LocalFile] = Field(min_length=1)


class RemoteFile(Params):
    urls: list[Annotated[str, StringConstraints(pattern=r"^https?://")]] = Field(min_length=1)
    sha256: Sha256
    size: int | None = Field(default=None, ge=0)


class Http(_Files):
    """Files fetched and checked; addresses in order of preference."""

    source: Literal["http"]
    files: dict[SplitKey, RemoteFile] = Field(min_length=1)
    retries: int = Field(default=3, ge=0, le=20)
    timeout: float = Field(default=30.0, gt=0)


Source = Sklearn | Matplotlib | Formula | File | Http
Download: Any = Annotated[Source, Field(discriminator="source")]
