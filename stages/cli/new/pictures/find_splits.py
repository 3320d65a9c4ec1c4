"""Which folders have the class folders of each split, by the paths of all pictures."""

from collections.abc import Iterable

from stages.core.artefacts.raw.raw_data import ALL
from stages.core.errors import UserError, format_examples
from stages.core.pictures.file_names import is_ignored
from stages.download.formats.pictures.class_folders import PICTURE_SUFFIXES

SPLIT_NAMES = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
}
ORDER = ("train", "validation", "test")


def find_splits(paths: Iterable[str]) -> dict[str, str]:
    """The folder that has the class folders of each split; "" is the folder or archive itself.

    >>> find_splits(["pets/cats/1.png", "pets/dogs/1.png"])
    {'all': 'pets'}
    >>> find_splits(["pets/test/cats/1.png", "pets/training/cats/1.png"])
    {'train': 'pets/training', 'test': 'pets/test'}
    """
    pictures = sorted(path for path in paths if path.lower().endswith(PICTURE_SUFFIXES) and not is_ignored(path))
    if not pictures:
        raise UserError("no PNG, JPEG, BMP or WebP files")
    class_folders = {_parent(path) for path in pictures}
    parents = sorted({_parent(folder) for folder in class_folders})
    if "" in class_folders:
        raise UserError(f"pictures outside class folders, such as {pictures[0]}; make a folder for each class")
    if len(parents) == 1:
        return {ALL: parents[0]}
    splits = {SPLIT_NAMES.get(parent.rpartition("/")[2].lower(), ""): parent for parent in parents}
    if "" in splits or len(splits) < len(parents) or "train" not in splits:
        raise UserError(
            f"class folders lie in {format_examples(parent or 'the folder itself' for parent in parents)}; either name "
            "one of these folders, or call them train, validation and test"
        )
    return {split: splits[split] for split in ORDER if split in splits}


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
