"""Verified files of arrays as images or tokens."""

from dataclasses import replace
from typing import Any, assert_never

import numpy as np

from stages.core.artefacts.raw.raw_data import Images, Tokens
from stages.core.errors import ErrorList, UserError, prefix_errors
from stages.download.check_label_count import check_label_count
from stages.download.fetch.file_provenance import file_provenance
from stages.download.fetch.verified_files import VerifiedFiles
from stages.download.formats.arrays.cifar import read_cifar
from stages.download.formats.arrays.idx import read_idx
from stages.download.formats.arrays.npz import read_npz
from stages.download.formats.arrays.reuters import read_reuters, read_words
from stages.download.formats.read_untrusted_files import Array
from stages.download.params import FileSource
from stages.download.params.file_params import Limits
from stages.download.params.format_params import IDX_IMAGES, IDX_LABELS, ArrayFormat, Cifar, Idx, Npz, Reuters

# The images and the labels of each split.
Splits = dict[str, tuple[Array, Array]]


def read_array_files(params: FileSource, array_format: ArrayFormat, files: VerifiedFiles) -> Images | Tokens:
    provenance = file_provenance(params, files)
    match array_format:
        case Reuters():
            return replace(_read_reuters_files(array_format, files, params.limits), source=provenance)
        case Cifar():
            [[file]] = files.values()
            with prefix_errors(file.name):
                content = file.content(params.limits)
                return Images(*read_cifar(content, array_format, params.limits, file.params.md5), provenance)
        case Npz():
            splits = _read_npz_files(array_format, files, params.limits)
        case Idx():
            splits = _read_idx_files(files, params.limits)
        case _:
            assert_never(array_format)
    images = {split: arrays[0] for split, arrays in splits.items()}
    labels = {split: arrays[1] for split, arrays in splits.items()}
    return Images(images, labels, array_format.classes, provenance)


def _read_npz_files(npz: Npz, files: VerifiedFiles, limits: Limits) -> Splits:
    errors = ErrorList()
    splits: Splits = {}
    for split, [file] in files.items():
        with errors.collect(), prefix_errors(file.name):
            add_images(splits, split, *read_npz(file.content(limits), [npz.images, npz.labels], limits))
    errors.raise_if_any()
    return splits


def _read_idx_files(files: VerifiedFiles, limits: Limits) -> Splits:
    errors = ErrorList()
    arrays = {}
    for name, [file] in files.items():
        with errors.collect(), prefix_errors(file.name):
            arrays[name] = read_idx(file.content(limits), limits)
    errors.raise_if_any()
    splits: Splits = {}
    for split in (name.removesuffix(IDX_IMAGES) for name in files if name.endswith(IDX_IMAGES)):
        with errors.collect(), prefix_errors(split):
            add_images(splits, split, arrays[split + IDX_IMAGES], arrays[split + IDX_LABELS])
    errors.raise_if_any()
    return splits


def add_images(splits: Splits, split: str, images: Any, labels: Any) -> None:
    """Add a split after a check of its types and shapes. Images of all splits must have the same shape."""
    errors = ErrorList()
    errors.check(
        isinstance(images, np.ndarray) and images.ndim in (3, 4) and images.dtype.kind in "biuf",
        f"images must be numbers of shape (count, height, width[, channels]); received {_describe(images)}",
    )
    errors.check(
        isinstance(labels, np.ndarray) and labels.ndim == 1 and labels.dtype.kind in "iu",
        f"labels must be whole numbers of shape (count,); received {_describe(labels)}",
    )
    errors.raise_if_any()
    check_label_count(len(images), len(labels), "images")
    splits[split] = images, labels
    first = next(iter(splits.values()))[0]
    received, expected = (f"{array.dtype} of shape {array.shape[1:]}" for array in (images, first))
    if received != expected:
        raise UserError(f"an image is {received}, in the first file {expected}; all images must have the same shape")


def _describe(array: Any) -> str:
    return f"{array.dtype} of shape {array.shape}" if isinstance(array, np.ndarray) else "objects"


def _read_reuters_files(reuters: Reuters, files: VerifiedFiles, limits: Limits) -> Tokens:
    [file] = files["reuters"]
    with prefix_errors(file.name):
        tokens = read_reuters(file.content(limits), reuters, limits)
    if "words" not in files:
        return tokens
    [file] = files["words"]
    largest_id = max(int(ids.max(initial=0)) for ids in tokens.ids.values())
    with prefix_errors(file.name):
        return replace(tokens, words=read_words(file.content(limits), reuters, limits, largest_id))
