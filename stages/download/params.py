"""Where a dataset comes from."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, FiniteFloat, field_validator, model_validator

from stages.core.errors import format_examples
from stages.core.params import Params, TextPattern

Sha256 = Annotated[str, AfterValidator(TextPattern(r"[0-9a-f]{64}", "64 digits from 0-9 and a-f, in quotes"))]
Md5 = Annotated[str, AfterValidator(TextPattern(r"[0-9a-f]{32}", "32 digits from 0-9 and a-f, in quotes"))]
SplitKey = Annotated[str, AfterValidator(TextPattern(r"[a-z0-9_]+", "a name of lower-case letters, digits and _ only"))]
Numbers = Annotated[list[float], Field(min_length=1)]
Columns = Annotated[dict[str, Numbers], Field(min_length=1)]


class Sklearn(Params):
    """One of the small sets that scikit-learn carries."""

    source: Literal["sklearn"]
    name: Literal["iris", "breast_cancer", "wine", "diabetes", "digits"]


class Matplotlib(Params):
    """A table among matplotlib's sample data."""

    source: Literal["matplotlib"]
    name: Literal["goog", "stocks"]


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
    return format_examples(f"{name}: {len(values)}" for name, values in columns.items())


def _names(splits: dict[str, Columns]) -> str:
    return "; ".join(f"{split}: {format_examples(columns)}" for split, columns in splits.items())


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


class TwoTables(Params):
    """Two input tables whose columns each run through 1..rows in an order of their own, and two targets of both."""

    source: Literal["formula"]
    formula: Literal["two_tables"]
    rows: int = Field(ge=2)


Formula = Annotated[Points | Count | Line | TwoTables, Field(discriminator="formula")]


class Csv(Params):
    """Text columns. Names are given where the file has no header line, and only there."""

    format: Literal["csv"]
    separator: Annotated[str, AfterValidator(TextPattern(r"[\t !#-~]", "one character, and no quote"))] = ","
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


class Idx(Params):
    """MNIST's files, plain or gzipped; each split has two, named <split>_images and <split>_labels."""

    format: Literal["idx"]
    classes: list[str]


class Cifar(Params):
    """CIFAR's Python batches in one tar.gz: the members of each split, and where its labels and names stand."""

    format: Literal["cifar"]
    splits: dict[SplitKey, Annotated[list[str], Field(min_length=1)]] = Field(min_length=1)
    labels: Literal["labels", "fine_labels", "coarse_labels"]
    meta: str
    names: Literal["label_names", "fine_label_names", "coarse_label_names"]

    @field_validator("splits")
    @classmethod
    def _each_batch_once(cls, splits: dict[str, list[str]]) -> dict[str, list[str]]:
        named = [name for names in splits.values() for name in names]
        if twice := sorted({name for name in named if named.count(name) > 1}):
            raise ValueError(f"{format_examples(twice)} is listed more than once")
        return splits


class Newswires(Params):
    """Keras' Reuters: an npz of lists of word ranks, and which split they are cut into.

    Every list gets `start` in front and every rank is raised by `index_from`, as Keras delivers them; what lies
    beyond a number of words is left for preprocess to cap. The file `words` gives each word's rank.
    """

    format: Literal["newswires"]
    ranks: str = "x"
    labels: str = "y"
    classes: list[str]
    start: int = Field(default=1, ge=0)
    index_from: int = Field(default=3, ge=0)
    test: float = Field(default=0.2, gt=0, lt=1)
    seed: int = Field(default=113, ge=0, lt=2**32)


Format = Annotated[Csv | Parquet | Npz | Idx | Cifar | Newswires, Field(discriminator="format")]


class Limits(Params):
    """The most that is accepted: members of an archive, and bytes of a file, unpacked or not."""

    members: int = Field(default=100, ge=1)
    bytes: int = Field(default=1 << 31, ge=1)


class Files(Params):
    """What a file and a download have in common: how to read it and what it becomes.

    Dates are ISO 8601 unless `time_format` says how they are written: as for strptime, or epoch_s, epoch_ms or
    epoch_us for a count since 1970. Every other option speaks of columns by the names in the file; `rename` comes
    last.
    """

    format: Format
    licence: str | None = None
    citation: str | None = None
    kind: Literal["table", "series"] = "table"
    columns: list[str] | None = Field(default=None, min_length=1)
    rename: dict[str, str] = {}
    time: str | None = None
    time_format: str | None = None
    classes: dict[str, list[str]] = {}
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _series_has_time(self) -> Self:
        if self.time is not None and self.kind != "series":
            raise ValueError("time is for kind: series only")
        if self.time_format is not None and self.time is None:
            raise ValueError("time_format says how time is written, but time names no column")
        return self

    @model_validator(mode="after")
    def _only_tables_have_columns(self) -> Self:
        for_tables = {"kind", "columns", "rename", "time", "time_format", "classes"} & self.model_fields_set
        if not isinstance(self.format, Csv | Parquet) and for_tables:
            raise ValueError(
                f"{self.format.format} holds no table; {format_examples(sorted(for_tables))}: for tables only"
            )
        return self

    @model_validator(mode="after")
    def _columns_once_and_complete(self) -> Self:
        if self.columns is None:
            return self
        if repeated := sorted({c for c in self.columns if self.columns.count(c) > 1}):
            raise ValueError(f"columns names {format_examples(repeated)} more than once")
        if missing := [c for c in self.mentioned if c not in self.columns]:
            raise ValueError(f"columns leaves out {format_examples(missing)}, which time, classes or rename need")
        return self

    @property
    def named(self) -> list[str]:
        """The columns that `time` and `classes` speak of; they are read as written."""
        return [*([self.time] if self.time is not None else []), *self.classes]

    @property
    def mentioned(self) -> list[str]:
        """The columns that any option speaks of."""
        return list(dict.fromkeys([*self.named, *self.rename]))


def _fit(form: Any, names: Iterable[str]) -> None:
    """Whether a format finds the files it needs among those that the conf names."""
    given = set(names)
    match form:
        case Idx():
            splits = {name.removesuffix(end) for name in given for end in IDX_PARTS if name.endswith(end)}
            wanted = [{f"{split}{end}" for split in splits for end in IDX_PARTS}] if splits else []
            told = "files named <split>_images and <split>_labels, both for every split"
        case Cifar():
            wanted, told = [{"archive"}], "one file, named archive"
        case Newswires():
            wanted, told = [{"newswires"}, {"newswires", "words"}], "a file named newswires, and words if it has them"
        case _:
            return
    if given not in wanted:
        raise ValueError(f"{form.format} needs {told}; received {format_examples(sorted(given))}")


IDX_PARTS = ("_images", "_labels")


class AnyFile(Params):
    """`member` is read out of a zip or tar.gz; `md5` is what was published of members, by their names."""

    member: str | None = None
    md5: dict[str, Md5] = {}


class LocalFile(AnyFile):
    path: str
    sha256: Sha256


class File(Files):
    """Files that lie on this machine, relative to the repository."""

    source: Literal["file"]
    files: dict[SplitKey, LocalFile] = Field(min_length=1)

    @model_validator(mode="after")
    def _files_fit_the_format(self) -> Self:
        _fit(self.format, self.files)
        return self


def _inside(path: str) -> str:
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise ValueError(f"names a file below the mirror, without . or ..; received {path!r}")
    return path


Url = Annotated[str, AfterValidator(TextPattern(r"https?://[^/].*", "an address that begins with https:// or http://"))]
OnMirror = Annotated[str, AfterValidator(_inside)]
Month = Annotated[str, AfterValidator(TextPattern(r"[0-9]{4}-(0[1-9]|1[0-2])", "a month such as 2024-01"))]
MONTH = "{month}"


class Months(Params):
    """A file for each month from `first` to `last`, whose rows follow each other."""

    first: Month
    last: Month

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"last ({self.last}) is before first ({self.first})")
        return self

    @property
    def listed(self) -> list[str]:
        """
        >>> Months(first="2020-12", last="2021-02").listed
        ['2020-12', '2021-01', '2021-02']
        """
        first, last = (12 * int(m[:4]) + int(m[5:]) - 1 for m in (self.first, self.last))
        return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, last + 1)]


class RemoteFile(AnyFile):
    """Addresses in order of preference, where a mirror has it, and what proves that it is the one.

    That is its sha256; or the sha256 in a file beside it, whose name ends in `checksum_suffix`; or, where neither is
    published, the md5 of its members. A mirror that packed the file anew is named as such by `mirror_sha256`.
    """

    urls: list[Url] = []
    mirror: OnMirror | None = None
    sha256: Sha256 | None = None
    checksum_suffix: str | None = None
    mirror_sha256: Sha256 | None = None
    size: int | None = Field(default=None, ge=0)
    months: Months | None = None

    @model_validator(mode="after")
    def _can_be_found_and_proved(self) -> Self:
        if not self.urls and self.mirror is None:
            raise ValueError("urls or mirror must say where it is")
        if self.mirror_sha256 is not None and self.mirror is None:
            raise ValueError("mirror_sha256 is for a file on the mirror, but mirror does not say which")
        proofs = [self.sha256, self.checksum_suffix]
        if proofs.count(None) != 1 and not (proofs.count(None) == len(proofs) and self.md5):
            raise ValueError("one of sha256, checksum_suffix, or md5 of its members must prove its content")
        return self

    @model_validator(mode="after")
    def _months_are_asked_for(self) -> Self:
        patterns = [*self.urls, *([self.mirror] if self.mirror is not None else [])]
        if self.months is None:
            return self
        if not all(MONTH in pattern for pattern in patterns):
            raise ValueError(f"months need {MONTH} in every address")
        if self.checksum_suffix is None or self.md5 or self.size is not None:
            raise ValueError("months differ in content: checksum_suffix proves them, not sha256, md5 or size")
        return self

    def each(self) -> dict[str, "RemoteFile"]:
        """The file itself, or one for each month, by what it is called among them."""
        if self.months is None:
            return {"": self}
        return {month: self._of(month) for month in self.months.listed}

    def _of(self, month: str) -> "RemoteFile":
        patterns = {"urls": self.urls, "mirror": self.mirror, "member": self.member, "months": None}
        return self.model_copy(update={name: _filled(value, month) for name, value in patterns.items()})


def _filled(pattern: Any, month: str) -> Any:
    if isinstance(pattern, list):
        return [_filled(each, month) for each in pattern]
    return pattern.replace(MONTH, month) if isinstance(pattern, str) else pattern


class Http(Files):
    """Files fetched and checked. `timeout` bounds the wait for an answer; slower than `minimum_rate` is given up."""

    source: Literal["http"]
    files: dict[SplitKey, RemoteFile] = Field(min_length=1)
    retries: int = Field(default=3, ge=0, le=20)
    timeout: float = Field(default=30.0, gt=0)
    minimum_rate: int = Field(default=1000, ge=0)

    @model_validator(mode="after")
    def _files_fit_the_format(self) -> Self:
        _fit(self.format, self.files)
        if not isinstance(self.format, Csv | Parquet) and (many := [n for n, f in self.files.items() if f.months]):
            raise ValueError(f"months are for tables; {format_examples(many)} cannot have them")
        return self


Source = Sklearn | Matplotlib | Formula | File | Http
Download: Any = Annotated[Source, Field(discriminator="source")]
