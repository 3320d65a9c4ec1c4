"""The path of the picture of each row, relative to the folder or archive that has the pictures."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from stages.core.errors import UserError, format_examples
from stages.core.pictures.file_names import plain_name
from stages.core.pictures.picture_error import PictureError
from stages.core.pictures.relative_path import relative_path
from stages.download.picture_columns.picture_problems import Row, RowProblems

if TYPE_CHECKING:
    import pandas as pd

NO_SUCH_FILE = "no such file"
# The path of each row by split; None for a gap.
RowPaths = Mapping[str, Sequence[str | None]]


def find_paths(
    columns: Mapping[str, "pd.Series"], prefix: str, known: Collection[str], where: str, problems: RowProblems
) -> RowPaths:
    """Return one of the `known` paths for each row that is no gap.

    Raises UserError with all rows whose path is not among them. `where` is the folder or archive, for messages.
    """
    path_of_name = {plain_name(path): path for path in known if not path.endswith("/")}
    found = {
        split: [
            _find_path(value, prefix, path_of_name, (split, row), problems)
            for row, value in enumerate(_texts_or_gaps(column))
        ]
        for split, column in columns.items()
    }
    examples = "" if problems.private else f" (files are such as {format_examples(sorted(path_of_name)[:2])})"
    problems.raise_if_any(
        f"{where}{examples}: correct the paths or download.pictures, or leave these values empty; an empty value is a "
        "gap"
    )
    return found


def rows_by_path(paths: RowPaths) -> dict[str, list[Row]]:
    """
    >>> rows_by_path({"all": ["b", None, "a", "b"]})
    {'a': [('all', 2)], 'b': [('all', 0), ('all', 3)]}
    """
    rows: dict[str, list[Row]] = defaultdict(list)
    for split, split_paths in paths.items():
        for row, path in enumerate(split_paths):
            if path is not None:
                rows[path].append((split, row))
    return dict(sorted(rows.items()))


def _texts_or_gaps(column: "pd.Series") -> list[str | None]:
    values = [None if gap else value for value, gap in zip(column.tolist(), column.isna().tolist(), strict=True)]
    if any(not isinstance(value, str) for value in values if value is not None):
        raise UserError(f"holds {column.dtype}, not paths of pictures")
    return values


def _find_path(
    value: str | None, prefix: str, path_of_name: Mapping[str, str], row: Row, problems: RowProblems
) -> str | None:
    if value is None or not value.strip():
        return None
    try:
        path = relative_path(value, prefix)
    except PictureError as error:
        problems.add(error.problem, row, value)
        return None
    if path not in path_of_name:
        problems.add(NO_SUCH_FILE, row, value)
    return path_of_name.get(path)
