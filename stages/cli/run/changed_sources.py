"""Warns of local files that are not what conf/ pins: the download stage compares their hash only when it runs."""

import hashlib
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from stages.core.errors import UserError, format_examples
from stages.core.files.atomic_write import write_json
from stages.core.files.check_is_file import check_is_file

HASHES = Path(".dvc/tmp/restage/source_hashes.json")


class PinnedFile(NamedTuple):
    key: str
    path: str
    sha256: str


class KnownHash(NamedTuple):
    """The hash of a file or folder, and its state when it was hashed; see `_state`."""

    state: str
    sha256: str


def warn_of_changed_sources(datasets: Mapping[str, Any], keys: Sequence[str], remember: bool = True) -> None:
    """Print a line for each local file of these datasets, all if none is named, that is missing or has another hash."""
    for message in find_changed_sources(datasets, keys, remember):
        print(f"restage: run: {message}", file=sys.stderr, flush=True)


def find_changed_sources(datasets: Mapping[str, Any], keys: Sequence[str], remember: bool) -> list[str]:
    """A file is hashed only if its state is not that of the last time. With `remember` false, nothing is written."""
    by_path = defaultdict[str, list[PinnedFile]](list)
    for file in _pinned_files(datasets, keys):
        by_path[file.path].append(file)
    if not by_path:
        return []
    before = _read_hashes()
    known = dict(before)
    messages = [message for files in by_path.values() if (message := _compare(files, known))]
    if remember and known != before:
        with suppress(UserError):  # the disk is full: the files are hashed again the next time
            write_json(HASHES, {path: entry._asdict() for path, entry in known.items()})
    return messages


def _pinned_files(datasets: Mapping[str, Any], keys: Sequence[str]) -> Iterator[PinnedFile]:
    for key, sections in datasets.items():
        source = sections.get("download", {})
        if source.get("source") != "file" or (keys and key not in keys):
            continue
        picture_files = [column["files"] for column in source.get("pictures", {}).values()]
        for file in (*source["files"].values(), *picture_files):
            yield PinnedFile(key, file["path"], file["sha256"])


def _compare(files: Sequence[PinnedFile], known: dict[str, KnownHash]) -> str | None:
    """What is wrong with the path that these have in common; None if it has the hash that all of them pin."""
    path = files[0].path
    keys = list(dict.fromkeys(file.key for file in files))
    try:
        current = _current_hash(path, known)
    except FileNotFoundError:
        return f"{format_examples(keys)}: {path} is missing; `dvc pull {path}` fetches it if DVC tracks it"
    except OSError as error:
        return f"{format_examples(keys)}: {path} cannot be read: {error.strerror}"
    except UserError as error:
        return f"{format_examples(keys)}: {path} cannot be read: {format_examples(error.messages)}"
    changed = list(dict.fromkeys(file.key for file in files if file.sha256 != current))
    if not changed:
        return None
    return (
        f"{format_examples(changed)}: {path} is not what conf/ pins; `restage refresh {changed[0]}` shows what changed"
    )


def _current_hash(path: str, known: dict[str, KnownHash]) -> str:
    """The known hash if the state is the same. A new one is added to `known`."""
    state = _state(Path(path))
    if path not in known or known[path].state != state:
        known[path] = KnownHash(state, _hash(Path(path)))
    return known[path].sha256


def _state(path: Path) -> str:
    """Size, time of the last change and inode of a file; of a folder, a hash of those of its files."""
    if not path.is_dir():
        check_is_file(path)
        return _file_state(path)

    from stages.core.pictures.list_files import list_files  # a run without local folders does not need it

    lines = "".join(f"{_file_state(f'{path}/{file}')} {file}\n" for file in list_files(path))
    return hashlib.sha256(lines.encode()).hexdigest()


def _file_state(path: str | Path) -> str:
    status = os.stat(path)  # noqa: PTH116 - a folder may have many thousand files, and a Path for each takes time
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ino}"


def _hash(path: Path) -> str:
    if path.is_dir():
        from stages.download.formats.pictures.folder_hash import folder_hash, hash_folder

        return folder_hash(hash_folder(path))
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_hashes() -> dict[str, KnownHash]:
    """By path; empty if the file is missing or damaged."""
    try:
        content = json.loads(HASHES.read_text(encoding="utf-8"))
        return {path: KnownHash(str(entry["state"]), str(entry["sha256"])) for path, entry in content.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
