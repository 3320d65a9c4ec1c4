"""A column of class labels."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from stages.core.columns.column_kind import ColumnKind
from stages.core.errors import UserError, format_examples

LabelEncoding = Literal["one_hot", "integer"]


class ClassLabels(ColumnKind):
    """Values are class numbers: the position of each label in `classes`."""

    kind: Literal["classes"] = "classes"
    classes: list[str]
    encoding: LabelEncoding

    def numbers(self, labels: Sequence[Any] | NDArray[Any]) -> NDArray[np.int64]:
        """Return the class number of each label. Raises a UserError for labels that are not a class.

        >>> ClassLabels(columns=["ill"], classes=["no", "yes"], encoding="integer").numbers(["yes", "no"])
        array([1, 0])
        """
        number_of = {name: number for number, name in enumerate(self.classes)}
        numbers = np.array([number_of.get(str(label), -1) for label in labels], np.int64)
        if unknown := [f"{labels[row]!r} in row {row}" for row in np.flatnonzero(numbers < 0).tolist()]:
            classes, examples = format_examples(self.classes), format_examples(unknown)
            raise UserError(f"{self.columns[0]}: not among the classes {classes}: {examples}")
        return numbers

    def check(self, values: NDArray[np.int64]) -> None:
        if len(values) and (values.min() < 0 or values.max() >= len(self.classes)):
            found = f"{values.min()} to {values.max()}"
            raise UserError(f"{self.columns[0]}: {found}, but there are {len(self.classes)} classes")

    def transform(self, values: NDArray[np.int64]) -> NDArray[Any]:
        if self.encoding == "integer":
            return values.astype(np.int32)
        return np.asarray(np.eye(len(self.classes), dtype=np.float32)[values])

    def inverse(self, values: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(np.argmax(values, axis=-1) if self.encoding == "one_hot" else values)
