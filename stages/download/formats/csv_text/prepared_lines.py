"""A file whose lines are prepared before the columns are read."""

import io
from functools import partial
from typing import TextIO

from stages.core.errors import UserError
from stages.core.text_values.csv_line import UNIT_SEPARATOR, WHITESPACE, separator_between_fields
from stages.core.text_values.prepared_lines import prepare_lines
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.formats.text_encoding import open_as_text
from stages.download.params.csv_params import Csv

BYTE_ORDER_MARK = "\ufeff"


def prepare_file(open_file: OpenFile, params: Csv) -> tuple[OpenFile, Csv]:
    """The file with its lines prepared, and the parameters that describe it then.

    A file of which no line must be changed is not read.
    """
    is_changed = params.separator == WHITESPACE or params.has_long_separator
    if not (params.skip_lines or params.comment or params.trim or is_changed):
        return open_file, params
    if params.has_long_separator:
        _check_no_unit_separator(open_file, params)
    with open_text(open_file, params) as file:
        content = "".join(prepare_lines(file, params)).encode()
    prepared = {"separator": separator_between_fields(params), "encoding": "utf-8"}
    done = {"skip_lines": 0, "comment": None, "trim": False}
    return partial(io.BytesIO, content), params.model_copy(update=prepared | done)


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
