"""The names of the columns, from the header or the parameters."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

from stages.core.errors import ErrorList, UserError, format_examples
from stages.download.formats.csv_text.check_text import reader_options
from stages.download.formats.csv_text.prepared_file import open_text
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.params.csv_params import Csv
from stages.download.params.file_params import Files

NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")
SEPARATORS = ",;\t|"


def column_names(open_file: OpenFile, params: Csv, files: Files) -> list[str]:
    """Those of the header, or of `names`. A file without a row is an error."""
    with open_text(open_file, params) as lines:
        rows = numbered_rows(lines, params)
        first = next(rows, None)
        if first is None:
            raise UserError("empty file")
        if params.names is not None:
            return params.names
        line, names = first
        if next(rows, None) is None:
            raise UserError(f"line {line}: a header and no rows after it")
    # A header that looks like values is accepted if `columns` confirms the names.
    if files.columns is None:
        _check_header(line, names)
    return names


def numbered_rows(lines: Iterable[str], params: Csv) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of its last line. Blank lines are skipped."""
    rows = csv.reader(lines, **reader_options(params))
    return ((rows.line_num, row) for row in rows if row)


def _check_header(line: int, names: Sequence[str]) -> None:
    errors = ErrorList()
    separators = [repr(s) for s in SEPARATORS if len(names) == 1 and s in names[0]]
    errors.check(
        not separators,
        f"line {line}: one column, {names[0]!r}; set format.separator to {' or '.join(separators)}, "
        "or list it in columns",
    )
    numbers = [name for name in names if NUMBER.fullmatch(name)]
    # Whole numbers may be names, such as years, if other columns have words for names.
    are_values = len(numbers) == len(names) or any(not number.strip().isdigit() for number in numbers)
    errors.check(
        not are_values,
        f"line {line}: {format_examples(numbers)} are values, not names; set header: false and names, "
        "or list them in columns if they are names",
    )
    for position, name in enumerate(names, start=1):
        errors.check(bool(name.strip()), f"line {line}: column {position} has no name; list the others in columns")
    errors.raise_if_any()
