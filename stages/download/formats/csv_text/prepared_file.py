"""A file whose lines are prepared before the columns are read."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, TextIO

from stages.core.errors import UserError
from stages.core.text_values.csv_line import UNIT_SEPARATOR, WHITESPACE, separator_between_fields
from stages.core.text_values.prepared_lines import prepare_lines
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.formats.text_encoding import is_utf8, open_as_text
from stages.download.params.csv_params import Csv

BYTE_ORDER_MARK = "\ufeff"


def prepare_file(open_file: OpenFile, params: Csv, scratch: Path) -> tuple[OpenFile, Csv]:
    """The file as UTF-8 with its lines prepared, and the parameters that describe it then.

    What must be changed is written to a file in `scratch`; other files are not read.
    """
    is_changed = params.separator == WHITESPACE or params.has_long_separator
    if not (params.skip_lines or params.comment or params.trim or is_changed or not is_utf8(params.encoding)):
        return open_file, params.model_copy(update={"encoding": "utf-8"})
    if params.has_long_separator:
        _check_no_unit_separator(open_file, params)
    with open_text(open_file, params) as lines, NamedTemporaryFile("wb", dir=scratch, delete=False) as output:
        output.writelines(line.encode() for line in prepare_lines(_check_one_mark(lines, params), params))
    prepared = {"separator": separator_between_fields(params), "encoding": "utf-8"}
    done = {"skip_lines": 0, "comment": None, "trim": False}
    return partial(_open, Path(output.name)), params.model_copy(update=prepared | done)


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def _check_one_mark(lines: Iterable[str], params: Csv) -> Iterator[str]:
    """Python reads a second byte order mark as a part of the first name, and Arrow drops it."""
    for number, line in enumerate(lines):
        if number == 0 and params.header and line.startswith(BYTE_ORDER_MARK):
            raise UserError("header cannot be read: there is a byte order mark before it; set format.encoding")
        yield line


def open_text(open_file: OpenFile, params: Csv) -> TextIO:
    """The file with its line ends and without a byte order mark."""
    return open_as_text(open_file, params.encoding)


def _check_no_unit_separator(open_file: OpenFile, params: Csv) -> None:
    with open_text(open_file, params) as file:
        for number, line in enumerate(file, start=1):
            if UNIT_SEPARATOR in line:
                raise UserError(
                    f"line {number}: the character 0x1F, which takes the place of the separator {params.separator!r}; "
                    "take it out"
                )
