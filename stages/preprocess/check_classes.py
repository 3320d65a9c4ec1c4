"""Whether the classes can be learned from the rows that there are."""

from collections.abc import Mapping

import numpy as np

from stages.core.artefacts.processed import TRAIN
from stages.core.artefacts.row_numbers import RowNumbers
from stages.core.errors import ErrorList, UserError, format_examples
from stages.preprocess.select_columns import Column


def check_learnable(targets: Mapping[str, Column], rows: Mapping[str, RowNumbers]) -> None:
    """Training has two classes at least, and each that is asked for later."""
    errors = ErrorList()
    for name, target in targets.items():
        if target.classes is not None:
            seen = set(np.unique(target.pick(rows[TRAIN])).tolist())
            errors.check(len(seen) > 1, _only_one(name, target.classes, seen))
            for split, part in rows.items():
                new = sorted(set(np.unique(target.pick(part)).tolist()) - seen)
                errors.check(not new, _unseen(name, split, [target.classes[number] for number in new]))
    errors.raise_if_any()


def _only_one(name: str, classes: list[str], seen: set[int]) -> str:
    told = format_examples(repr(classes[number]) for number in seen)
    return f"target {name}: every training row is {told}; there is nothing to tell apart: give rows of another class"


def _unseen(name: str, split: str, classes: list[str]) -> str:
    return (
        f"target {name}: {format_examples(map(repr, classes))} in the {split} split was never seen in training; use "
        "split.order: stratified, or take those rows out of the data"
    )


def check_shared(target: Column, drawn: bool) -> None:
    """A class of one row is in one split only, and `stratified` says that it is in all."""
    assert target.classes is not None
    alone = np.flatnonzero(np.bincount(target.values, minlength=len(target.classes)) == 1)
    if drawn and len(alone):
        told = format_examples(repr(target.classes[number]) for number in alone)
        raise UserError(
            f"preprocess.split.order: stratified shares out the rows of each class, and {told} has only one; take it "
            "out of the data, or use shuffled"
        )
