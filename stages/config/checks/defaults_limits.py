"""A limit for defaults lists that include one another: where each file includes two, the number doubles each time."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from stages.core.errors import UserError

# For each dataset; and for all together where Hydra composes them together, in a time that grows with the square.
MAX_INCLUSIONS = 3_000


def check_inclusions(root: Path, included: Mapping[Path, Sequence[Path]]) -> None:
    """`included` has the files in each defaults list that is known so far, and `root` is where Hydra begins.

    Raises UserError with the file that is included most often. Hydra reports lists that lead back to their own file.
    """
    order = _includers_first(root, included)
    counts = dict.fromkeys(order, 0) | {root: 1}
    for file in order:
        for part in included.get(file, ()):
            counts[part] += counts[file]
    if sum(counts.values()) > MAX_INCLUSIONS:
        file = max(counts, key=counts.__getitem__)
        raise UserError(
            f"{file}: defaults lists that include one another include this file {counts[file]:,} times; all together "
            f"include more than {MAX_INCLUSIONS:,} files; remove entries"
        )


def _includers_first(root: Path, included: Mapping[Path, Sequence[Path]]) -> list[Path]:
    """All files that the root leads to, each behind those that include it, except where lists lead back."""
    found: dict[Path, None] = {}
    waiting = [(root, False)]
    open_files = set[Path]()
    while waiting:
        file, is_done = waiting.pop()
        if is_done:
            found[file] = None
        elif file not in open_files:
            open_files.add(file)
            waiting.append((file, True))
            waiting += [(part, False) for part in included.get(file, ())]
    return list(reversed(found))
