"""Verified files of arrays as images or tokens."""

from collections.abc import Mapping
from dataclasses import replace

from stages.core.artefacts.raw import Images, Tokens
from stages.core.errors import ErrorList
from stages.download.fetch.verified_file import VerifiedFiles
from stages.download.file_errors import prefix_errors
from stages.download.formats.check_images import Array, check_images, check_same_shape
from stages.download.formats.cifar import read_cifar
from stages.download.formats.idx import read_idx
from stages.download.formats.npz import read_npz
from stages.download.formats.reuters import read_newswires, read_words
from stages.download.params.file_params import File, Http
from stages.download.params.format_params import IDX_IMAGES, IDX_LABELS, Cifar, Idx, Newswires, Npz
from stages.download.provenance import file_provenance

# The images and the labels of each split.
Splits = Mapping[str, tuple[Array, Array]]


def read_npz_files(params: File | Http, npz: Npz, files: VerifiedFiles) -> Images:
    errors = ErrorList()
    splits: dict[str, tuple[Array, Array]] = {}
    for split, [file] in files.items():
        with errors.collect(), prefix_errors(file.name):
            arrays = read_npz(file.content(params.limits), [npz.images, npz.labels], params.limits)
            splits[split] = check_images(*arrays)
            check_same_shape(splits[split][0], next(iter(splits.values()))[0])
    errors.raise_if_any()
    return _images(params, npz.classes, splits, files)


def read_idx_files(params: File | Http, idx: Idx, files: VerifiedFiles) -> Images:
    errors = ErrorList()
    arrays: dict[str, Array] = {}
    for name, [file] in files.items():
        with errors.collect(), prefix_errors(file.name):
            arrays[name] = read_idx(file.content(params.limits), params.limits)
    errors.raise_if_any()
    splits: dict[str, tuple[Array, Array]] = {}
    for split in (name.removesuffix(IDX_IMAGES) for name in files if name.endswith(IDX_IMAGES)):
        with errors.collect(), prefix_errors(split):
            splits[split] = check_images(arrays[split + IDX_IMAGES], arrays[split + IDX_LABELS])
            check_same_shape(splits[split][0], next(iter(splits.values()))[0])
    errors.raise_if_any()
    return _images(params, idx.classes, splits, files)


def _images(params: File | Http, classes: list[str], splits: Splits, files: VerifiedFiles) -> Images:
    images = {split: arrays[0] for split, arrays in splits.items()}
    labels = {split: arrays[1] for split, arrays in splits.items()}
    return Images(images, labels, classes, file_provenance(params, files))


def read_cifar_file(params: File | Http, cifar: Cifar, files: VerifiedFiles) -> Images:
    [[file]] = files.values()
    with prefix_errors(file.name):
        images, labels, classes = read_cifar(file.content(params.limits), cifar, params.limits, file.params.md5)
    return Images(images, labels, classes, file_provenance(params, files))


def read_newswires_files(params: File | Http, newswires: Newswires, files: VerifiedFiles) -> Tokens:
    [file] = files["newswires"]
    with prefix_errors(file.name):
        tokens = read_newswires(file.content(params.limits), newswires, params.limits)
    words = None
    if "words" in files:
        [file] = files["words"]
        largest_id = max(int(ids.max(initial=0)) for ids in tokens.ids.values())
        with prefix_errors(file.name):
            words = read_words(file.content(params.limits), newswires, params.limits, largest_id)
    return replace(tokens, words=words, source=file_provenance(params, files))
