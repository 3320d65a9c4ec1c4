"""Files whose content was verified by a published hash. Only such files are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import cast

from stages.download.formats.archives import read_member
from stages.download.formats.bounded_reading import OpenFile
from stages.download.params.file_params import Limits, SourceFile


@dataclass(frozen=True)
class VerifiedFile:
    """`name` is the path or address that messages show, `month` the month of the data if there is a file per month.

    `replaces` is the published hash, if a mirror has the content in another archive. `by_checksum_file` says that the
    hash was published in a file beside this one.
    """

    path: Path
    name: str
    sha256: str
    params: SourceFile
    month: str = ""
    replaces: str | None = None
    by_checksum_file: bool = False

    def content(self, limits: Limits) -> OpenFile:
        """A function that opens the file, or the member to read from it."""
        open_file = cast("OpenFile", partial(self.path.open, "rb"))
        if self.params.member is None:
            return open_file
        return partial(BytesIO, read_member(open_file, self.params.member, limits, self.params.md5))


VerifiedFiles = Mapping[str, Sequence[VerifiedFile]]
