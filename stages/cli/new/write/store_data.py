"""Where the data of a new dataset stay: where they are, or in data/, tracked by DVC."""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from stages.cli.new.read.new_files import NewFile
from stages.core.artefacts.raw.raw_data import ALL
from stages.core.artefacts.raw.raw_files import sha256_of
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.repository import Repository
from stages.core.errors import ErrorList
from stages.core.files.atomic_write import move_into_place, write_beside
from stages.core.pictures.list_files import list_files
from stages.download.formats.pictures.folder_hash import hash_folder

DATA = Path("data")


class Copy(NamedTuple):
    """`source` is a file or folder, `target` where its copy is in data/."""

    source: Path
    target: Path


def is_in_repository(path: Path) -> bool:
    return path.resolve().is_relative_to(Path.cwd().resolve())


def path_in_conf(path: Path) -> str:
    """Relative to the repository if the file or folder lies in it, else absolute."""
    absolute = path.resolve()
    return (absolute.relative_to(Path.cwd().resolve()) if is_in_repository(path) else absolute).as_posix()


def copies_of_files(key: str, files: Mapping[str, NewFile]) -> dict[str, Copy]:
    """A copy of each file on this machine, by split."""
    local = {split: file.path for split, file in files.items() if file.address is None}
    return {
        split: Copy(path, DATA / f"{key}{_split_suffix(split)}{''.join(path.suffixes[-1:])}")
        for split, path in local.items()
    }


def _split_suffix(split: str) -> str:
    return "" if split in (ALL, "train") else f"_{split}"


def check_copies(copies: Iterable[Copy]) -> None:
    """Raise UserError where something else is in the way."""
    errors = ErrorList()
    for copy in copies:
        same = not copy.target.exists() or _same_content(copy.source, copy.target)
        errors.check(same, f"{copy.target}: something else is there; choose another --key, or --by-path")
    errors.raise_if_any()


def _same_content(source: Path, target: Path) -> bool:
    if source.is_dir() or target.is_dir():
        return source.is_dir() and target.is_dir() and hash_folder(source) == hash_folder(target)
    return sha256_of(source) == sha256_of(target)


def copy_data(copies: Iterable[Copy]) -> list[Path]:
    """Copy files, and folders without their hidden files, and let DVC track them.

    Returns the files that belong in git.
    """
    targets = []
    for copy in copies:
        if not copy.target.exists():
            with write_beside(copy.target) as incomplete:
                _copy(copy.source, incomplete)
            move_into_place(copy.target)
        targets.append(copy.target)
    with dvc_errors():
        Repository().track(targets)
    return [target.with_name(f"{target.name}.dvc") for target in targets] + [DATA / ".gitignore"]


def _copy(source: Path, target: Path) -> None:
    if not source.is_dir():
        shutil.copyfile(source, target)
        return
    for path in list_files(source):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / path, target / path)
