"""The keys of rows: texts by which rows belong together."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.row_numbers import RowNumbers, take_rows
from stages.core.errors import ErrorList, UserError, format_examples

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RowKeys:
    """Row n has the key `keys[numbers[n]]`. `keys` are distinct and sorted; `columns` are where they come from.

    No message shows the keys of private columns.
    """

    columns: list[str]
    keys: list[str]
    numbers: NDArray[np.int64]
    private: bool = False


def read_row_keys(columns: Mapping[str, "pd.Series"], setting: str, private: bool = False) -> RowKeys:
    """Return the key of each row. Raises a UserError with the rows in which a column has no value.

    `setting` is the parameter that names the columns.
    """
    errors = ErrorList()
    texts_by_column, codes_by_column = [], []
    for name, column in columns.items():
        codes, texts = _numbered_texts(column)
        if len(missing := np.flatnonzero(codes < 0)):
            errors.add(
                f"{setting}: column {name} has no value in rows {format_examples(missing)}; take those rows out of the "
                "data, or use another column"
            )
        codes_by_column.append(codes)
        texts_by_column.append(texts)
    errors.raise_if_any()
    combinations = np.zeros(len(codes_by_column[0]), np.int64)
    for codes, texts in zip(codes_by_column, texts_by_column, strict=True):
        combinations = np.unique(combinations * len(texts) + codes, return_inverse=True)[1].reshape(-1)
    first_rows = np.unique(combinations, return_index=True)[1].tolist()
    columns_of_keys = zip(codes_by_column, texts_by_column, strict=True)
    keys = [_joined(values) for values in zip(*_texts_of_rows(columns_of_keys, first_rows), strict=True)]
    ordered = sorted(set(keys))
    position = {key: number for number, key in enumerate(ordered)}
    numbers = np.array([position[key] for key in keys], np.int64)[combinations]
    return RowKeys(list(columns), ordered, numbers, private)


def _texts_of_rows(columns: Iterable[tuple[NDArray[np.int64], list[str]]], rows: Sequence[int]) -> Iterator[list[str]]:
    for codes, texts in columns:
        yield [texts[code] for code in codes[rows].tolist()]


def _numbered_texts(column: "pd.Series") -> tuple[NDArray[np.int64], list[str]]:
    """Return the position of each row's text in the list of texts, -1 for a gap."""
    import pandas as pd

    codes, values = pd.factorize(column)
    return np.asarray(codes, np.int64), [key_text(value) for value in values.tolist()]


def key_text(value: Any) -> str:
    """The text of a value, which does not depend on the values of other rows.

    One gap, one fraction or one word makes another type of a whole column, so 7 and 7.0 have the same text.

    >>> [key_text(value) for value in (7, 7.0, "7", 0.5, "a b")]
    ['7', '7', '7', '0.5', 'a b']
    """
    if isinstance(value, date):  # a datetime is a date too
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _joined(texts: Sequence[str]) -> str:
    """One text for several, from which they can be told apart.

    >>> _joined(["7"]), _joined(["7", "a"])
    ('7', '["7", "a"]')
    """
    return texts[0] if len(texts) == 1 else json.dumps(texts, ensure_ascii=False)


def check_keys_in_one_split(keys: RowKeys, rows: Mapping[str, RowNumbers], setting: str) -> None:
    """Raise a UserError if a key is in two splits, which a split of the raw data can cause."""
    splits = {name: np.unique(take_rows(keys.numbers, part)) for name, part in rows.items()}
    counts = np.bincount(np.concatenate(list(splits.values())), minlength=len(keys.keys))
    if len(divided := np.flatnonzero(counts > 1)):
        where = [name for name, found in splits.items() if divided[0] in found]
        first_row = int(np.flatnonzero(keys.numbers == divided[0])[0]) if keys.private else None
        raise divided_keys(setting, keys.columns, [keys.keys[n] for n in divided], where, first_row)


def divided_keys(
    setting: str, columns: Sequence[str], keys: Sequence[str], where: Sequence[str], first_row: int | None
) -> UserError:
    """`where` has the splits of the first key. With a `first_row`, a row of it, no key is shown."""
    shown = format_examples(map(repr, keys)) if first_row is None else f"that of row {first_row}"
    return UserError(
        f"{setting}: {len(keys)} values of {', '.join(columns)} are in several splits of the raw data: {shown} (the "
        f"first in {' and '.join(where)}); take their rows out of one of them, or split all rows by fractions"
    )
