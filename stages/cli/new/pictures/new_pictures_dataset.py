"""A new dataset of pictures: its splits, the decoded pictures, and those that cannot be read."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from stages.cli.new.pictures.choose_size import choose_size, read_sizes
from stages.cli.new.pictures.picture_source import LIMITS, NewSplit
from stages.core.artefacts.raw.raw_data import Images
from stages.core.errors import ErrorList, UserError, prefix_errors
from stages.core.pictures.picture_decoding import PictureDecoding
from stages.core.pictures.picture_error import PictureError
from stages.download.formats.pictures.class_folders import sort_into_classes
from stages.download.formats.read_untrusted_files import Array
from stages.download.params.pictures.picture_params import Pictures
from stages.download.read_picture_files import class_names, decode_each, describe_errors, number_labels

# More files that cannot be read are not listed in conf/.
MAX_EXCLUDED = 50


@dataclass(frozen=True)
class NewPicturesDataset:
    """`splits` have the readable pictures alone; `unreadable` has the errors of the other ones by split and path."""

    key: str
    splits: Mapping[str, NewSplit]
    params: Pictures
    raw: Images
    unreadable: Mapping[str, Mapping[str, PictureError]]

    @property
    def count(self) -> int:
        return sum(map(len, self.raw.images.values()))

    @property
    def training_split(self) -> str:
        return next(iter(self.splits))

    @property
    def has_test(self) -> bool:
        return "test" in self.splits

    @property
    def names(self) -> list[str]:
        """The names of the folders or archives."""
        return list(dict.fromkeys(split.root.name for split in self.splits.values()))

    def class_counts(self, split: str) -> dict[str, int]:
        """The number of pictures of each class of the dataset in this split."""
        counts = {name: len(paths) for name, paths in self.splits[split].class_paths.items()}
        return {name: counts.get(name, 0) for name in self.raw.classes}


def describe_pictures(key: str, splits: Mapping[str, NewSplit], longer_side: int | None) -> NewPicturesDataset:
    """Decode all pictures once, in the size that fits them. Files that cannot be read are left out."""
    classes = class_names(split.class_paths for split in splits.values())
    sizes = read_sizes(content for split in splits.values() for _, content in split.files.read(split.paths))
    if not sizes:
        raise UserError(f"{next(iter(splits.values())).root.name}: no picture can be read")
    size = choose_size(sizes, longer_side)
    in_colour = PictureDecoding.model_validate({"colour": "rgb"} | size)
    decoded = {name: decode_each(split.files, split.paths, in_colour, LIMITS) for name, split in splits.items()}
    unreadable = {name: errors for name, (_, errors) in decoded.items() if errors}
    check_few_are_unreadable(splits, unreadable)
    readable = {name: without(split, unreadable.get(name, {})) for name, split in splits.items()}
    images = {
        name: images[[path not in unreadable.get(name, {}) for path in splits[name].paths]]
        for name, (images, _) in decoded.items()
    }
    grey = all(is_grey(array) for array in images.values())
    exclude = {name: sorted(errors) for name, errors in unreadable.items()}
    params = Pictures.model_validate(
        {"format": "pictures"} | size | ({"colour": "grey"} if grey else {}) | ({"exclude": exclude} if exclude else {})
    )
    # The red channel of a grey picture is the grey value.
    pixels = {name: np.ascontiguousarray(array[..., 0]) if grey else array for name, array in images.items()}
    labels = {name: number_labels(split.class_paths, classes) for name, split in readable.items()}
    return NewPicturesDataset(key, readable, params, Images(pixels, labels, classes), unreadable)


def is_grey(images: Array) -> bool:
    return all(np.array_equal(images[..., 0], images[..., channel]) for channel in (1, 2))


def check_few_are_unreadable(
    splits: Mapping[str, NewSplit], unreadable: Mapping[str, Mapping[str, PictureError]]
) -> None:
    errors = ErrorList()
    for name, unread in unreadable.items():
        if len(unread) > MAX_EXCLUDED:
            with errors.collect(), prefix_errors(splits[name].root.name):
                raise UserError(*describe_errors(unread)[:-1], "move these files out of the class folders")
    errors.raise_if_any()


def without(split: NewSplit, unreadable: Mapping[str, PictureError]) -> NewSplit:
    if not unreadable:
        return split
    with prefix_errors(split.root.name):
        return replace(split, class_paths=sort_into_classes(split.files.paths(), list(unreadable)))


def repeated_across_splits(raw: Images) -> int:
    """How many pictures of later splits have the same pixels as a picture of an earlier one.

    >>> image = np.ones((1, 2, 2), np.uint8)
    >>> repeated_across_splits(Images({"train": image, "test": image}, {}, []))
    1
    """
    seen: set[bytes] = set()
    repeated = 0
    for images in raw.images.values():
        digests = [hashlib.sha256(image.tobytes()).digest() for image in images]
        repeated += sum(digest in seen for digest in digests)
        seen.update(digests)
    return repeated
