"""Verified files of arrays as images or tokens, each format with the files that it needs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from stages.core.artefacts.raw import Images, Tokens
from stages.core.errors import ErrorList
from stages.download.fetch.checksums import Verified, collected, named
from stages.download.formats.check_images import Array, check_alike, check_images
from stages.download.formats.cifar import read_cifar
from stages.download.formats.idx import read_idx
from stages.download.formats.npz import read_npz
from stages.download.formats.reuters import read_newswires, read_words
from stages.download.params import IDX_PARTS, Cifar, File, Http, Idx, Newswires, Npz
from stages.download.provenance import origin

Found = Mapping[str, Sequence[Verified]]


def npz(params: File | Http, form: Npz, found: Found) -> Images:
    errors = ErrorList()
    pairs: dict[str, tuple[Array, Array]] = {}
    for split, [file] in found.items():
        with collected(errors, file.called):
            arrays = read_npz(file.content(params.limits), [form.images, form.labels], params.limits)
            pairs[split] = check_images(*arrays)
            check_alike(pairs[split][0], next(iter(pairs.values()))[0])
    errors.raise_if_any()
    return _images(params, form.classes, pairs, found)


def idx(params: File | Http, form: Idx, found: Found) -> Images:
    """Files that are sound by themselves may still not belong together."""
    errors = ErrorList()
    arrays: dict[str, Array] = {}
    for name, [file] in found.items():
        with collected(errors, file.called):
            arrays[name] = read_idx(file.content(params.limits), params.limits)
    errors.raise_if_any()
    images, labels = IDX_PARTS
    pairs: dict[str, tuple[Array, Array]] = {}
    for split in (name.removesuffix(images) for name in found if name.endswith(images)):
        with collected(errors, split):
            pairs[split] = check_images(arrays[split + images], arrays[split + labels])
            check_alike(pairs[split][0], next(iter(pairs.values()))[0])
    errors.raise_if_any()
    return _images(params, form.classes, pairs, found)


def _images(params: File | Http, classes: list[str], pairs: Mapping[str, tuple[Array, Array]], found: Found) -> Images:
    images = {split: pictures for split, (pictures, _) in pairs.items()}
    labels = {split: numbers for split, (_, numbers) in pairs.items()}
    return Images(images, labels, classes, origin(params, found))


def cifar(params: File | Http, form: Cifar, found: Found) -> Images:
    [[file]] = found.values()
    with named(file.called):
        arrays = read_cifar(file.content(params.limits), form, params.limits, file.stored.md5)
    return Images(*arrays, origin(params, found))


def newswires(params: File | Http, form: Newswires, found: Found) -> Tokens:
    [file] = found["newswires"]
    with named(file.called):
        tokens = read_newswires(file.content(params.limits), form, params.limits)
    return replace(tokens, words=_words(params, form, tokens, found), source=origin(params, found))


def _words(params: File | Http, form: Newswires, tokens: Tokens, found: Found) -> list[str] | None:
    if "words" not in found:
        return None
    [file] = found["words"]
    largest = max(int(ids.max(initial=0)) for ids in tokens.ids.values())
    with named(file.called):
        return read_words(file.content(params.limits), form, params.limits, largest)
