"""Where the data of a new dataset stay: where they are, or in data/, tracked by DVC."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from stages.cli.new.new_files import NewFile
from stages.core.artefacts.raw_data import ALL
from stages.core.artefacts.raw_files import sha256_of
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.repository import Repository
from stages.core.errors import ErrorList
from stages.core.runtime.atomic_write import move_into_place, write_beside

DATA = Path("data")


def is_inside(file: NewFile) -> bool:
    """Whether the file lies in the repository."""
    return file.address is None and file.path.resolve().is_relative_to(Path.cwd().resolve())


def path_in_conf(file: NewFile) -> str:
    """Relative to the repository if the file lies in it, else absolute."""
    path = file.path.resolve()
    return path.relative_to(Path.cwd().resolve()).as_posix() if is_inside(file) else path.as_posix()


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
    """Copy the files and let DVC track them; returns the files that belong into git."""
    for split, copy in copies.items():
        if not copy.exists():
            with write_beside(copy) as incomplete:
                shutil.copyfile(files[split].path, incomplete)
            move_into_place(copy)
    with dvc_errors():
        Repository().track(list(copies.values()))
    return [copy.with_name(f"{copy.name}.dvc") for copy in copies.values()] + [DATA / ".gitignore"]
