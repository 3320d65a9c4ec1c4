"""Where the pictures of a new dataset stay: where they are, or in data/, tracked by DVC."""

from collections.abc import Mapping

from stages.cli.new.pictures.picture_source import ARCHIVE_SUFFIXES, NewSplit, PictureRoot
from stages.cli.new.write.store_data import DATA, Copy, path_in_conf

# The copy of each folder or archive.
Copies = Mapping[PictureRoot, Copy]


def local_roots(splits: Mapping[str, NewSplit]) -> list[PictureRoot]:
    return list(dict.fromkeys(split.root for split in splits.values() if split.root.address is None))


def copies_of_roots(key: str, splits: Mapping[str, NewSplit]) -> Copies:
    """The first one is data/<key>, that of a test split of its own data/<key>_test."""
    copies = {}
    for number, root in enumerate(local_roots(splits)):
        suffix = "" if root.is_folder else next((s for s in ARCHIVE_SUFFIXES if root.name.lower().endswith(s)), "")
        copies[root] = Copy(root.path, DATA / f"{key}{'_test' if number else ''}{suffix}")
    return copies


def paths_in_conf(splits: Mapping[str, NewSplit], copies: Copies) -> dict[str, str]:
    """The path of each split on this machine: relative to the repository if it lies in it, else absolute."""
    paths = {}
    for name, split in splits.items():
        if split.root.address is None:
            copy = copies.get(split.root)
            root = copy.target if copy else split.root.path
            path = root / split.folder if split.root.is_folder else root
            paths[name] = path.as_posix() if copy else path_in_conf(path)
    return paths
