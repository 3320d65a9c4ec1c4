"""Parameters of sources that are files, on this machine or to be downloaded."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from stages.core.errors import format_examples
from stages.core.parameters.params import Params, TextPattern
from stages.download.params.builtin_params import SplitName
from stages.download.params.csv_params import Csv
from stages.download.params.excel_params import Excel
from stages.download.params.format_params import Cifar, Format, Idx, Reuters, TableFormat
from stages.download.params.json_lines_params import JsonLines
from stages.download.params.pictures.picture_column_params import PictureColumn
from stages.download.params.pictures.picture_params import Pictures
from stages.download.params.resample_params import Resample, check_not_of_time
from stages.download.params.text_params import ColumnTypes

MONTH = "{month}"
# Pictures are many small members; the default of `limits.members` is for archives of a few large ones.
MAX_PICTURES = 500_000
TIME_OPTIONS = {"time", "time_format", "sort", "rows_in_order_of_time", "resample"}
TABLE_OPTIONS = {"kind", "columns", "rename", "classes", "private", "pictures", "block_rows"} | TIME_OPTIONS
NAMING_COLUMNS = "time, classes, private, rename, resample, pictures or format.types"


def _check_mirror_path(path: str) -> str:
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise ValueError(f"should be a path below the mirror, without . or ..; received {path!r}")
    return path


Sha256 = Annotated[str, AfterValidator(TextPattern(r"[0-9a-f]{64}", "64 digits from 0-9 and a-f, in quotes"))]
Md5 = Annotated[str, AfterValidator(TextPattern(r"[0-9a-f]{32}", "32 digits from 0-9 and a-f, in quotes"))]
URL = TextPattern(
    r"(https?|s3|gs|ssh)://[^/].*", "an address that begins with https://, http://, s3://, gs:// or ssh://"
)
Url = Annotated[str, AfterValidator(URL)]
MirrorPath = Annotated[str, AfterValidator(_check_mirror_path)]
Month = Annotated[str, AfterValidator(TextPattern(r"[0-9]{4}-(0[1-9]|1[0-2])", "a month such as 2024-01"))]


def picture_files_name(column: str) -> str:
    """
    >>> picture_files_name("photo")
    'pictures of photo'
    """
    return f"pictures of {column}"


class Limits(Params):
    """The largest accepted number of members of an archive, and of bytes of a file, packed or unpacked.

    Of pictures, `members` limits the files of a folder too; unless it is given, 500,000 are accepted.
    """

    members: int = Field(default=100, ge=1)
    bytes: int = Field(default=1 << 31, ge=1)


def picture_limits(limits: Limits) -> Limits:
    return limits if "members" in limits.model_fields_set else limits.model_copy(update={"members": MAX_PICTURES})


class TableOptions(Params):
    """What a table of every source becomes.

    The rows of a series are in order of time. `time` names the column of times, and `sort` sorts the rows by it.
    Without a column of times, `rows_in_order_of_time` says that the first row is the oldest one. Times are ISO 8601
    unless `time_format` is given: a format of strptime, or epoch_s, epoch_ms or epoch_us for the time since 1970.
    With `resample`, the raw data have one row for each period, such as a day; then times may repeat.

    No value of a `private` column is shown in messages, in results of validate and in pages.

    A split with more than `block_rows` rows is stored in blocks of so many rows, and processed a block at a time. By
    default a block has about 8 million values: 524,288 rows of 10 columns. The split of rows, statistics and so the
    results depend on it.

    `rename` is applied last: all other options use the column names of the source.
    """

    licence: str | None = None
    citation: str | None = None
    kind: Literal["table", "series"] = "table"
    columns: list[str] | None = Field(default=None, min_length=1)
    rename: dict[str, str] = {}
    time: str | None = None
    time_format: str | None = None
    sort: bool = False
    rows_in_order_of_time: bool = False
    resample: Resample | None = None
    classes: dict[str, list[str]] = {}
    private: list[str] = []
    block_rows: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _check_gives_table(self) -> Self:
        if self.array_format and (options := TABLE_OPTIONS & self.model_fields_set):
            raise ValueError(f"{self.array_format} holds no table; {format_examples(sorted(options))}: for tables only")
        return self

    @model_validator(mode="after")
    def _check_columns(self) -> Self:
        if self.columns is None:
            return self
        if repeated := sorted({c for c in self.columns if self.columns.count(c) > 1}):
            raise ValueError(f"columns names {format_examples(repeated)} more than once")
        if missing := [c for c in self.required_columns if c not in self.columns]:
            raise ValueError(f"columns leaves out {format_examples(missing)}, which {NAMING_COLUMNS} need")
        return self

    @model_validator(mode="after")
    def _check_time(self) -> Self:
        if self.time is not None and self.kind != "series":
            raise ValueError("time is for kind: series only")
        if self.time_format is not None and self.time is None:
            raise ValueError("time_format describes the time column, but time names no column")
        if self.sort and self.time is None:
            raise ValueError("sort is by time, but time names no column")
        if self.resample is not None and self.time is None:
            raise ValueError("resample is by time, but time names no column")
        if self.rows_in_order_of_time and (self.time is not None or self.kind != "series"):
            raise ValueError("rows_in_order_of_time is for kind: series without a column of times; leave it out")
        if self.kind == "series" and self.time is None and not self.rows_in_order_of_time:
            raise ValueError(
                "kind is series, so time must name the column of times; without one, set rows_in_order_of_time: true "
                "if the oldest row is the first"
            )
        return self

    @model_validator(mode="after")
    def _check_resample(self) -> Self:
        check_not_of_time(self.resample, self.time)
        return self

    @model_validator(mode="after")
    def _check_private(self) -> Self:
        if both := [column for column in (self.time, *self.classes) if column in self.private]:
            names = format_examples(both)
            raise ValueError(f"private names {names}, but pages show times and classes; take it out of private")
        return self

    @model_validator(mode="after")
    def _check_pictures(self) -> Self:
        if other := [column for column in self.picture_columns if column in (self.time, *self.classes)]:
            raise ValueError(f"pictures names {format_examples(other)}, which time or classes names too")
        return self

    @property
    def array_format(self) -> str | None:
        """The name of the format, if it holds images or texts instead of a table."""
        return None

    @property
    def picture_columns(self) -> Mapping[str, PictureColumn]:
        """The columns with paths of pictures, by the names of the file."""
        return {}

    @property
    def text_columns(self) -> list[str]:
        """The columns of `time`, `classes` and `pictures`, whose values are read as text."""
        return [*([self.time] if self.time is not None else []), *self.classes, *self.picture_columns]

    @property
    def private_columns(self) -> list[str]:
        """The private columns by the names that they have after `rename`."""
        return [self.rename.get(column, column) for column in self.private]

    @property
    def required_columns(self) -> list[str]:
        """The columns that options name."""
        resampled = self.resample.named_columns if self.resample is not None else []
        return list(dict.fromkeys([*self.text_columns, *self.private, *self.rename, *resampled]))


class Files(TableOptions):
    """Parameters that local and downloaded files share: how to read them and what they become."""

    format: Format
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _check_types(self) -> Self:
        if numbers := [column for column in self.text_columns if self._types.get(column) == "number"]:
            raise ValueError(
                f"format.types has number for {format_examples(numbers)}, which time, classes or pictures need as text"
            )
        return self

    def check_files(self, files: Mapping[str, "SourceFile"]) -> None:
        """Check that the files have the names and hashes that the format expects."""
        if isinstance(self.format, Idx | Cifar | Reuters):
            self.format.check_files(set(files))
        if isinstance(self.format, Pictures):
            self.format.check_splits(set(files))
            if md5 := [name for name, file in files.items() if file.md5]:
                raise ValueError(
                    f"md5 is for members that a format names; pictures need sha256: {format_examples(md5)}"
                )

    @property
    def array_format(self) -> str | None:
        return None if isinstance(self.format, TableFormat) else self.format.format

    @property
    def required_columns(self) -> list[str]:
        """The columns that options and types of the format name."""
        return list(dict.fromkeys([*super().required_columns, *self._types]))

    @property
    def _types(self) -> ColumnTypes:
        return self.format.types if isinstance(self.format, Csv | JsonLines | Excel) else {}


class SourceFile(Params):
    """`member` is the file to read from a zip or tar.gz; `md5` has the published hashes of members, by name.

    Of pictures, `member` is the folder in the archive that has the class folders.
    """

    member: str | None = None
    md5: dict[str, Md5] = {}


class LocalFile(SourceFile):
    """`path` may be a folder of pictures. Its `sha256` is that of the lines `<sha256>  <path>` of its files."""

    path: str
    sha256: Sha256


def check_picture_files(files: SourceFile) -> None:
    if files.md5:
        raise ValueError("files.md5 is for members that are named; pictures need sha256")


class LocalPictures(PictureColumn):
    files: LocalFile

    @model_validator(mode="after")
    def _check_files(self) -> Self:
        check_picture_files(self.files)
        return self


class File(Files):
    """Files on this machine; paths are relative to the repository.

    `pictures` are the columns with paths of pictures, and where these are.
    """

    source: Literal["file"]
    files: dict[SplitName, LocalFile] = Field(min_length=1)
    pictures: dict[str, LocalPictures] = {}

    @property
    def picture_columns(self) -> Mapping[str, LocalPictures]:
        return self.pictures

    @property
    def picture_files(self) -> dict[str, LocalFile]:
        """The folder or archive of each column of pictures, by a name that no split has."""
        return {picture_files_name(column): pictures.files for column, pictures in self.pictures.items()}

    @model_validator(mode="after")
    def _check_file_names(self) -> Self:
        self.check_files(self.files)
        return self


class Months(Params):
    """One file for each month from `first` to `last`, whose address has the month in place of `{month}`."""

    first: Month
    last: Month

    @model_validator(mode="after")
    def _check_order(self) -> Self:
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


class RemoteFile(SourceFile):
    """The addresses of a file, its path on a mirror, and the hash that verifies it.

    The hash is `sha256`; or the sha256 in a file at the same address plus `checksum_suffix`; or, if neither is
    published, `md5` of all members that are read. `mirror_sha256` is for a mirror that has the same members in another
    archive.
    """

    urls: list[Url] = []
    mirror: MirrorPath | None = None
    sha256: Sha256 | None = None
    checksum_suffix: str | None = None
    mirror_sha256: Sha256 | None = None
    size: int | None = Field(default=None, ge=0)
    months: Months | None = None

    @model_validator(mode="after")
    def _check_address_and_hash(self) -> Self:
        if not self.urls and self.mirror is None:
            raise ValueError("urls or mirror must say where the file is")
        if self.mirror_sha256 is not None and self.mirror is None:
            raise ValueError("mirror_sha256 is for a file on the mirror, but mirror names no file")
        hashes = [h for h in (self.sha256, self.checksum_suffix) if h is not None]
        if len(hashes) > 1 or not (hashes or self.md5):
            raise ValueError("exactly one of sha256, checksum_suffix, or md5 of its members must verify the file")
        return self

    @model_validator(mode="after")
    def _check_months(self) -> Self:
        if self.months is None:
            return self
        if not all(MONTH in address for address in [*self.urls, self.mirror or MONTH]):
            raise ValueError(f"months need {MONTH} in every address")
        if self.checksum_suffix is None or self.md5 or self.size is not None:
            raise ValueError("months need checksum_suffix; sha256, md5 and size would be the same for every month")
        return self

    def by_month(self) -> dict[str, "RemoteFile"]:
        """The file of each month; without `months`, this file alone, under an empty name."""
        if self.months is None:
            return {"": self}
        files = {}
        for month in self.months.listed:
            urls = [url.replace(MONTH, month) for url in self.urls]
            mirror = self.mirror and self.mirror.replace(MONTH, month)
            member = self.member and self.member.replace(MONTH, month)
            files[month] = self.model_copy(update={"urls": urls, "mirror": mirror, "member": member, "months": None})
        return files


class RemotePictures(PictureColumn):
    files: RemoteFile

    @model_validator(mode="after")
    def _check_files(self) -> Self:
        check_picture_files(self.files)
        if self.files.months is not None:
            raise ValueError("files.months is for tables; pictures have one archive")
        return self


class Http(Files):
    """Files to download from https://, http://, s3://, gs:// or ssh:// addresses.

    A download fails if the server does not answer within `timeout` seconds, or sends fewer than `minimum_rate` bytes
    per second. s3://, gs:// and ssh:// need the extra of that name (`make setup EXTRAS=s3`).

    `pictures` are the columns with paths of pictures, and the archives that have these.
    """

    source: Literal["http"]
    files: dict[SplitName, RemoteFile] = Field(min_length=1)
    pictures: dict[str, RemotePictures] = {}
    retries: int = Field(default=3, ge=0, le=20)
    timeout: float = Field(default=30.0, gt=0)
    minimum_rate: int = Field(default=1000, ge=0)

    @property
    def picture_columns(self) -> Mapping[str, RemotePictures]:
        return self.pictures

    @property
    def picture_files(self) -> dict[str, RemoteFile]:
        """The archive of each column of pictures, by a name that no split has."""
        return {picture_files_name(column): pictures.files for column, pictures in self.pictures.items()}

    @model_validator(mode="after")
    def _check_file_names(self) -> Self:
        self.check_files(self.files)
        monthly = [name for name, file in self.files.items() if file.months]
        if monthly and not isinstance(self.format, TableFormat):
            raise ValueError(f"months are for tables; {format_examples(monthly)} cannot have them")
        return self
