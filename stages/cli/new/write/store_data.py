"""Where the data of a new dataset stay: where they are, or in data/, tracked by DVC."""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from stages.cli.new.read.new_files import NewFile
from stages.core.artefacts.raw_data import ALL
from stages.core.artefacts.raw_files import sha256_of
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.repository import Repository
from stages.core.errors import ErrorList
from stages.core.runtime.atomic_write import move_into_place, write_beside

DATA = Path("data")


def is_in_repository(path: Path) -> bool:
    return path.resolve().is_relative_to(Path.cwd().resolve())


def path_in_conf(path: Path) -> str:
    """Relative to the repository if the file or folder lies in it, else absolute."""
    absolute = path.resolve()
    return (absolute.relative_to(Path.cwd().resolve()) if is_in_repository(path) else absolute).as_posix()


def copied_paths(key: str, files: Mapping[str, NewFile]) -> dict[str, Path]:
    """Where the copies of the files will be."""
    return {
        split: DATA / f"{key}{'' if split in (ALL, 'train') else f'_{split}'}{''.join(file.path.suffixes[-1:])}"
        for split, file in files.items()
    }


def check_copies(files: Mapping[str, NewFile], copies: Mapping[str, Path]) -> None:
    """Raise UserError where another file is in the way."""
    errors = ErrorList()
    for split, copy in copies.items():
        same = not copy.exists() or sha256_of(copy) == files[split].sha256
        errors.check(same, f"{copy}: another file is there; choose another --key, or --by-path")
    errors.raise_if_any()


def copy_data(files: Mapping[str, NewFile], copies: Mapping[str, Path]) -> list[Path]:
    """Copy the files and let DVC track them; returns the files that belong in git."""
    for split, copy in copies.items():
        if not copy.exists():
            with write_beside(copy) as incomplete:
                shutil.copyfile(files[split].path, incomplete)
            move_into_place(copy)
    return track(copies.values())


def track(copies: Iterable[Path]) -> list[Path]:
    """Let DVC track files or folders of data/; returns the files that belong in git."""
    listed = list(copies)
    with dvc_errors():
        Repository().track(listed)
    return [copy.with_name(f"{copy.name}.dvc") for copy in listed] + [DATA / ".gitignore"]
