"""Writes rows as text with separated columns."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO, TextIO

import numpy as np
from numpy.typing import NDArray

from stages.inference.write.written_values import check_same_columns, csv_text


class CsvWriter:
    def __init__(self, stream: BinaryIO, separator: str = ",") -> None:
        self._text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        self._separator = separator
        self._names: list[str] | None = None

    def write(self, columns: Mapping[str, Sequence[Any]], numbers: NDArray[np.int64]) -> None:
        if self._names is None:
            self._names = list(columns)
            write_csv_rows(self._text, [self._names], self._separator)
        check_same_columns(list(columns), self._names, numbers)
        texts = [column_texts(values) for values in columns.values()]
        # Python's csv module writes an empty value that is alone in its row in quotes.
        if len(texts) == 1 or any("\r" in "".join(column) for column in texts):
            write_csv_rows(self._text, zip(*texts, strict=True), self._separator)
        else:
            quoted = [quoted_texts(column, self._separator) for column in texts]
            self._text.writelines(f"{self._separator.join(row)}\n" for row in zip(*quoted, strict=True))
        self._text.flush()

    def finish(self) -> None:
        self._text.detach()

    discard = finish


def column_texts(values: Sequence[Any]) -> Sequence[str]:
    types = {*map(type, values)}
    if types == {str}:
        return values
    return list(map(repr if types == {float} else csv_text, values))


def quoted_texts(texts: Sequence[str], separator: str) -> Sequence[str]:
    """With quotes where they are needed. It is faster than Python's csv module, which reads each character.

    >>> quoted_texts(["a", "b,c", 'd"e'], ",")
    ['a', '"b,c"', '"d""e"']
    """
    special = (separator, '"', "\n")
    together = "".join(texts)
    if not any(character in together for character in special):
        return texts
    return [
        '"' + text.replace('"', '""') + '"' if any(character in text for character in special) else text
        for text in texts
    ]


def write_csv_rows(text: TextIO, rows: Iterable[Sequence[str]], separator: str = ",") -> None:
    """Write rows so that each value reads back as it is. A row with a carriage return is quoted as a whole.

    Python's csv module would write it without quotes, and read it back as the end of a line.
    """
    usual = csv.writer(text, delimiter=separator, lineterminator="\n")
    quoted = csv.writer(text, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for row in rows:
        writer = quoted if any("\r" in value for value in row) else usual
        writer.writerow(row)
