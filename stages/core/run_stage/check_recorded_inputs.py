"""A stage works on no other bytes than those that dvc.lock records.

DVC knows a file by its size and time once it has checked it out, so it does not see that an object of its cache was
damaged before. A stage hashes its inputs anyway.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from stages.core.dvc.lock_file.lock_file import LOCK
from stages.core.dvc.lock_file.recorded_inputs import RecordedInput, recorded_inputs
from stages.core.dvc.storage.cache import (
    FOLDER_SUFFIX,
    cache_object,
    folder_entries,
    is_damaged,
    md5_of_file,
    md5_of_folder,
)
from stages.core.dvc.storage.quarantine import QUARANTINE, quarantine
from stages.core.errors import UserError, format_examples


def check_inputs_as_recorded(dependencies: Sequence[Path], md5s: Mapping[Path, str]) -> None:
    """`md5s` has the hash of each file in the dependencies. Other files than outputs of stages are not recorded.

    Raises UserError with the damaged files. They are moved away with their copies in the cache, so that DVC makes them
    again.
    """
    damaged: dict[Path, str] = {}
    for output in recorded_inputs(dependencies):
        damaged |= dict(_damaged_files(output, dependencies, md5s))
    if damaged:
        cached = [cache_object(md5) for md5 in damaged.values() if md5 and is_damaged(md5)]
        quarantine([*cached, *damaged])
        raise UserError(
            f"damaged inputs: {format_examples(damaged)}: not what {LOCK} records; nothing was made of them; they were "
            f"moved to {QUARANTINE}, and `restage run` makes them again"
        )


def _damaged_files(
    output: RecordedInput, dependencies: Sequence[Path], md5s: Mapping[Path, str]
) -> Iterator[tuple[Path, str]]:
    """The files that differ from the record, each with its recorded hash, empty if that is not known."""
    if not output.path.exists() and any(path in output.path.parents for path in dependencies):
        return  # of a dataset that has left the suite: the folder is read without it
    if not output.md5.endswith(FOLDER_SUFFIX):
        if md5s.get(output.path) != output.md5:
            yield output.path, output.md5
        return
    folder = f"{output.path}/"
    files = {str(path).removeprefix(folder): md5 for path, md5 in md5s.items() if str(path).startswith(folder)}
    is_whole = any(path == output.path or path in output.path.parents for path in dependencies)
    if is_whole and md5_of_folder(files) == output.md5:
        return
    recorded = folder_entries(output.md5) or _entries_on_disk(output)
    if recorded is None:
        yield output.path, output.md5
        return
    expected = recorded if is_whole else {name: recorded.get(name, "") for name in files}
    for name in sorted({*files, *expected}):
        if files.get(name) != expected.get(name):
            yield output.path / name, expected.get(name, "")


def _entries_on_disk(output: RecordedInput) -> dict[str, str] | None:
    """The hash of each file of the folder, if they are as recorded."""
    files = {f.relative_to(output.path).as_posix(): md5_of_file(f) for f in output.path.rglob("*") if f.is_file()}
    return files if md5_of_folder(files) == output.md5 else None
