"""Verified folders and archives of pictures as images."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from stages.core.artefacts.raw.raw_data import Images
from stages.core.errors import ErrorList, UserError, format_examples, prefix_errors
from stages.core.pictures.decode_picture import decode_picture
from stages.core.pictures.decoder_versions import check_decoder_versions
from stages.core.pictures.picture_decoding import PictureDecoding
from stages.core.pictures.picture_error import PictureError
from stages.download.fetch.file_provenance import file_provenance
from stages.download.fetch.verified_files import VerifiedFile, VerifiedFiles
from stages.download.formats.pictures.class_folders import sort_into_classes
from stages.download.formats.pictures.folder_or_archive import PictureArchive, PictureFiles, PictureFolder
from stages.download.formats.read_untrusted_files import Array
from stages.download.params import FileSource
from stages.download.params.file_params import Limits, picture_limits
from stages.download.params.pictures.picture_params import Pictures

# The paths of the pictures of each class.
ClassPaths = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class PictureSplit:
    """`name` is the folder or archive, as messages show it."""

    name: str
    files: PictureFiles
    class_paths: ClassPaths

    @property
    def paths(self) -> list[str]:
        return [path for paths in self.class_paths.values() for path in paths]


def read_picture_files(params: FileSource, pictures: Pictures, files: VerifiedFiles) -> Images:
    """The pictures of each split in order of class and name.

    Raises UserError with all wrong names of all splits, and if there are none, with all unreadable files.
    """
    check_decoder_versions()
    limits = picture_limits(params.limits)
    splits = find_pictures(files, pictures, limits)
    classes = class_names(split.class_paths for split in splits.values())
    errors = ErrorList()
    images = {}
    for split, found in splits.items():
        with errors.collect(), prefix_errors(found.name):
            images[split] = decode_all(found.files, found.paths, pictures, limits)
    errors.raise_if_any()
    labels = {split: number_labels(found.class_paths, classes) for split, found in splits.items()}
    return Images(images, labels, classes, file_provenance(params, files))


def class_names(splits: Iterable[ClassPaths]) -> list[str]:
    """The names of the classes of all splits, sorted. Raises UserError if there is only one."""
    classes = sorted({name for class_paths in splits for name in class_paths})
    if len(classes) == 1:
        raise UserError(f"one class: {classes[0]}; a model needs the pictures of two classes or more")
    return classes


def number_labels(class_paths: ClassPaths, classes: Sequence[str]) -> Array:
    """The number of the class of each picture.

    >>> number_labels({"cats": ["cats/1.png", "cats/2.png"], "dogs": ["dogs/1.png"]}, ["cats", "dogs"])
    array([0, 0, 1], dtype=uint8)
    """
    numbers = [classes.index(name) for name, paths in class_paths.items() for _ in paths]
    return np.array(numbers, np.min_scalar_type(len(classes) - 1))


def find_pictures(files: VerifiedFiles, pictures: Pictures, limits: Limits) -> dict[str, PictureSplit]:
    errors = ErrorList()
    splits = {}
    for split, [file] in files.items():
        with errors.collect(), prefix_errors(file.name):
            opened = open_picture_files(file, limits)
            class_paths = sort_into_classes(opened.paths(), pictures.exclude.get(split, []))
            splits[split] = PictureSplit(file.name, opened, class_paths)
    errors.raise_if_any()
    return splits


def open_picture_files(file: VerifiedFile, limits: Limits) -> PictureFiles:
    if file.sha256_by_path is None:
        return PictureArchive(lambda: file.path.open("rb"), file.params.member, limits)
    if file.params.member is not None:
        raise UserError(f"member {file.params.member!r} is for archives; of a folder, `path` names the inner one")
    return PictureFolder(file.path, file.sha256_by_path, limits)


def decode_all(files: PictureFiles, paths: Sequence[str], params: PictureDecoding, limits: Limits) -> Array:
    """The pictures in the order of `paths`. Grey pictures have no axis of channels."""
    images, errors = decode_each(files, paths, params, limits)
    if errors:
        raise UserError(*describe_errors(errors))
    return images


def decode_each(
    files: PictureFiles, paths: Sequence[str], params: PictureDecoding, limits: Limits
) -> tuple[Array, dict[str, PictureError]]:
    """The pictures in the order of `paths`, and the errors of those that cannot be read."""
    height, width, channels = params.shape
    shape = (len(paths), height, width) if channels == 1 else (len(paths), *params.shape)
    check_decoded_size(shape, limits)
    images = np.zeros(shape, np.uint8)
    positions = {path: position for position, path in enumerate(paths)}
    errors: dict[str, PictureError] = {}
    for path, content in files.read(paths):
        try:
            images[positions[path]] = decode_picture(content, params).reshape(shape[1:])
        except PictureError as error:
            errors[path] = error
    return images, errors


def check_decoded_size(shape: Sequence[int], limits: Limits) -> None:
    """Raise UserError if the pixels of all pictures together have more bytes than are allowed."""
    if prod(shape) > limits.bytes:
        numbers = " x ".join(map(str, shape))
        raise UserError(f"{numbers} values need {prod(shape):,} bytes; download.limits.bytes allows {limits.bytes:,}")


def describe_errors(errors: Mapping[str, PictureError]) -> list[str]:
    """A message for each problem, with examples of the files that have it, and what to do.

    >>> errors = {"cats/2.png": PictureError("damaged", "cut"), "cats/1.png": PictureError("damaged", "cut")}
    >>> describe_errors(errors)[0]
    '2 files: damaged: cats/1.png (cut), cats/2.png (cut)'
    """
    by_problem: dict[str, list[str]] = defaultdict(list)
    for path, error in sorted(errors.items()):
        by_problem[error.problem].append(f"{path} ({error.detail})" if error.detail else path)
    messages = [
        f"{len(examples):,} {'file' if len(examples) == 1 else 'files'}: {problem}: {format_examples(examples)}"
        for problem, examples in sorted(by_problem.items())
    ]
    return [*messages, "repair these files, or list them in download.format.exclude"]
