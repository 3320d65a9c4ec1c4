"""Numbers for the rows of old and new data: rows with equal content have the same number."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw.raw_data import ColumnPictures, Images, RawData, Table, Tokens
from stages.core.pictures.no_picture import NO_PICTURE
from stages.preprocess.split.row_keys import key_text

Integers = NDArray[np.int64]


class RowNumbers(NamedTuple):
    """One number for each row, over the rows of all raw splits."""

    old: Integers
    new: Integers


def number_rows(old: RawData, new: RawData) -> RowNumbers:
    """Rows of a table are equal in all columns that both have; images and texts in their content and class."""
    if isinstance(old, Table) and isinstance(new, Table):
        return combine(list(number_columns(old, new).values()), len(all_frames(old)), len(all_frames(new)))
    digests = [list(_digests(raw)) for raw in (old, new)]
    codes, _ = pd.factorize(np.array([*digests[0], *digests[1]], object))
    return RowNumbers(codes[: len(digests[0])].astype(np.int64), codes[len(digests[0]) :].astype(np.int64))


def number_columns(old: Table, new: Table, names: Sequence[str] | None = None) -> dict[str, RowNumbers]:
    """For each of these columns, or of all that both have, a number for the value of each row.

    Pictures are equal in their paths and their pixels.
    """
    frames = all_frames(old), all_frames(new)
    chosen = [name for name in old.columns if name in new.columns] if names is None else names
    numbers = {name: _number_values(frames[0][name], frames[1][name]) for name in chosen}
    for name in old.pictures.keys() & new.pictures.keys() & numbers.keys():
        pictures = _number_values(_picture_digests(old.pictures[name]), _picture_digests(new.pictures[name]))
        numbers[name] = combine([numbers[name], pictures], len(frames[0]), len(frames[1]))
    return numbers


def combine(columns: Sequence[RowNumbers], old_rows: int, new_rows: int) -> RowNumbers:
    """The same number for rows that have the same number in each of these columns."""
    numbers = np.zeros(old_rows + new_rows, np.int64)
    for column in columns:
        joint = np.concatenate(column)
        distinct = int(joint.max(initial=0)) + 1
        numbers = np.unique(numbers * distinct + joint, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return RowNumbers(numbers[:old_rows], numbers[old_rows:])


def all_frames(table: Table) -> pd.DataFrame:
    """The rows of all raw splits, one split after another."""
    frames = list(table.frames.values())
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _number_values(old: pd.Series, new: pd.Series) -> RowNumbers:
    """A gap has the number 0. One gap or one word makes another type of a whole column, so 7 and 7.0 are equal."""
    joint = pd.concat([old, new], ignore_index=True)
    if joint.dtype == object:
        joint = joint.map(key_text, na_action="ignore")
    codes, _ = pd.factorize(joint)
    numbers = np.asarray(codes, np.int64) + 1
    return RowNumbers(numbers[: len(old)], numbers[len(old) :])


def _picture_digests(pictures: ColumnPictures) -> pd.Series:
    """Of the pixels of each row's picture; a gap where a row has none."""
    shape = str(pictures.pixels.shape[1:]).encode()
    digests = [hashlib.blake2b(shape + pixels.tobytes(), digest_size=16).hexdigest() for pixels in pictures.pixels]
    numbers = np.concatenate(list(pictures.numbers.values()))
    return pd.Series([None if number == NO_PICTURE else digests[number] for number in numbers], dtype=object)


def _digests(raw: RawData) -> Iterator[bytes]:
    """Of the content and the name of the class of each image or text."""
    match raw:
        case Images():
            for split, images in raw.images.items():
                kind = f"{images.dtype.str} {images.shape[1:]}"
                for image, label in zip(images, raw.labels[split], strict=True):
                    yield _digest(kind, raw.classes, int(label), np.ascontiguousarray(image).tobytes())
        case Tokens():
            for split in raw.ids:
                for text, label in zip(raw.texts(split), raw.labels[split], strict=True):
                    yield _digest("text", raw.classes, int(label), np.asarray(text, np.int64).tobytes())


def _digest(kind: str, classes: Sequence[str], label: int, content: bytes) -> bytes:
    name = classes[label] if 0 <= label < len(classes) else str(label)
    return hashlib.blake2b(f"{kind} {name!r}".encode() + content, digest_size=16).digest()
