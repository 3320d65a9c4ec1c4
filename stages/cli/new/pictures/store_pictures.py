"""Where the pictures of a new dataset stay: where they are, or in data/, tracked by DVC."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from stages.cli.new.pictures.open_pictures import ARCHIVE_SUFFIXES, NewSplit, PictureRoot
from stages.cli.new.write.store_data import DATA, path_in_conf, track
from stages.core.artefacts.raw_files import sha256_of
from stages.core.errors import ErrorList
from stages.core.runtime.atomic_write import move_into_place, write_beside
from stages.download.formats.pictures.folder_hash import hash_folder, list_files

# The copy of each folder or archive.
Copies = Mapping[PictureRoot, Path]


def local_roots(splits: Mapping[str, NewSplit]) -> list[PictureRoot]:
    return list(dict.fromkeys(split.root for split in splits.values() if split.root.address is None))


def copied_paths(key: str, splits: Mapping[str, NewSplit]) -> Copies:
    """Where the copies will be: data/<key>, that of a test split of its own data/<key>_test."""
    copies = {}
    for number, root in enumerate(local_roots(splits)):
        suffix = "" if root.is_folder else next((s for s in ARCHIVE_SUFFIXES if root.name.lower().endswith(s)), "")
        copies[root] = DATA / f"{key}{'_test' if number else ''}{suffix}"
    return copies


def paths_in_conf(splits: Mapping[str, NewSplit], copies: Copies) -> dict[str, str]:
    """The path of each split on this machine: relative to the repository if it lies in it, else absolute."""
    paths = {}
    for name, split in splits.items():
        if split.root.address is None:
            copy = copies.get(split.root)
            root = copy or split.root.path
            path = root / split.folder if split.root.is_folder else root
            paths[name] = path.as_posix() if copy else path_in_conf(path)
    return paths


def check_copies(copies: Copies) -> None:
    """Raise UserError where something else is in the way."""
    errors = ErrorList()
    for root, copy in copies.items():
        same = not copy.exists() or _same_content(root.path, copy)
        errors.check(same, f"{copy}: something else is there; choose another --key, or --by-path")
    errors.raise_if_any()


def _same_content(path: Path, copy: Path) -> bool:
    if path.is_dir() or copy.is_dir():
        return path.is_dir() and copy.is_dir() and hash_folder(path) == hash_folder(copy)
    return sha256_of(path) == sha256_of(copy)


def copy_pictures(copies: Copies) -> list[Path]:
    """Copy folders without hidden files, and archives, and let DVC track them; returns the files that belong in git."""
    for root, copy in copies.items():
        if not copy.exists():
            with write_beside(copy) as incomplete:
                _copy(root.path, incomplete)
            move_into_place(copy)
    return track(copies.values())


def _copy(source: Path, target: Path) -> None:
    if not source.is_dir():
        shutil.copyfile(source, target)
        return
    for path in list_files(source):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / path, target / path)
