"""The folder or archive that a person names, and the pictures of each split in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stages.cli.new.pictures.find_splits import find_splits
from stages.cli.new.read.chosen_repository import Repository
from stages.cli.new.read.new_files import download_file, fetch_from_repository
from stages.core.artefacts.raw.raw_data import ALL
from stages.core.artefacts.raw.raw_files import sha256_of
from stages.core.errors import UserError, prefix_errors
from stages.core.pictures.file_names import with_slashes
from stages.core.pictures.list_files import list_files
from stages.download.formats.archives import list_members
from stages.download.formats.pictures.class_folders import PICTURE_SUFFIXES, sort_into_classes
from stages.download.formats.pictures.folder_hash import folder_hash, hash_folder
from stages.download.formats.pictures.folder_or_archive import PictureArchive, PictureFiles, PictureFolder
from stages.download.params.file_params import Limits, picture_limits

ARCHIVE_SUFFIXES = (".zip", ".tar.gz", ".tgz")
LIMITS = picture_limits(Limits())


@dataclass(frozen=True)
class PictureRoot:
    """`address` is where an archive was downloaded from, or the path in the repository."""

    path: Path
    name: str
    address: str | None = None
    repository: Repository | None = None

    @property
    def is_folder(self) -> bool:
        return self.path.is_dir()

    def list_paths(self) -> list[str]:
        with prefix_errors(self.name):
            if self.is_folder:
                return list_files(self.path)
            return [with_slashes(name) for name in list_members(lambda: self.path.open("rb"), LIMITS)]


@dataclass(frozen=True)
class NewSplit:
    """`folder` is the folder in the root that has the class folders; "" is the root itself."""

    root: PictureRoot
    folder: str
    sha256: str
    files: PictureFiles
    class_paths: Mapping[str, list[str]]

    @property
    def paths(self) -> list[str]:
        return [path for paths in self.class_paths.values() for path in paths]


def holds_pictures(name: str, repository: Repository | None = None) -> bool:
    """Whether the path or address is a folder with pictures, or an archive with pictures in class folders."""
    if repository is None and "://" in name and not name.lower().endswith(ARCHIVE_SUFFIXES):
        return False
    root = open_root(name, repository)
    if root.is_folder:
        return any(path.lower().endswith(PICTURE_SUFFIXES) for path in root.list_paths())
    try:
        return bool(find_splits(root.list_paths()))
    except (OSError, UserError):
        # What is wrong with a file is said when it is read as a table.
        return False


def open_root(name: str, repository: Repository | None = None) -> PictureRoot:
    if repository is not None:
        address = name.rstrip("/")
        path = fetch_from_repository(repository, address).path
        return PictureRoot(path, address.rpartition("/")[2], address, repository)
    if "://" in name:
        return PictureRoot(download_file(name), name.rpartition("/")[2], name)
    path = Path(name).expanduser()
    return PictureRoot(path, path.resolve().name)


def open_splits(name: str, test: str | None, repository: Repository | None = None) -> dict[str, NewSplit]:
    """The splits of a folder or archive; with `test`, the test split is in a folder or archive of its own."""
    root = open_root(name, repository)
    folders = find_root_splits(root)
    if test is None:
        return {split: open_split(root, folder) for split, folder in folders.items()}
    test_root = open_root(test, repository)
    test_folders = find_root_splits(test_root)
    if list(folders) != [ALL] or list(test_folders) != [ALL]:
        raise UserError("--test: one of the two has folders for splits already; name one folder or archive with all")
    if (root.address is None) != (test_root.address is None):
        raise UserError("--test: one has an address and the other one is on this machine; download both first")
    return {"train": open_split(root, folders[ALL]), "test": open_split(test_root, test_folders[ALL])}


def find_root_splits(root: PictureRoot) -> dict[str, str]:
    paths = root.list_paths()
    with prefix_errors(root.name):
        return find_splits(paths)


def open_split(root: PictureRoot, folder: str) -> NewSplit:
    if root.is_folder:
        path = root.path / folder
        sha256_by_path = hash_folder(path)
        sha256 = folder_hash(sha256_by_path)
        files: PictureFiles = PictureFolder(path, sha256_by_path, LIMITS)
    else:
        sha256 = sha256_of(root.path)
        files = PictureArchive(lambda: root.path.open("rb"), folder or None, LIMITS)
    with prefix_errors(f"{root.name}/{folder}".rstrip("/")):
        return NewSplit(root, folder, sha256, files, sort_into_classes(files.paths()))
