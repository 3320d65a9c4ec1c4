"""A column of pictures of a table, stored as bytes and scaled in each batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.ragged_rows import Rows
from stages.core.artefacts.raw.shared_rows import SharedRows
from stages.core.columns.column_kind import ColumnKind, ScalerStatistics, no_scaler_statistics
from stages.core.columns.column_params import PictureParams
from stages.core.columns.scaling import LinearScaling, apply_steps
from stages.core.columns.scaling_params import ScalingStep
from stages.core.errors import UserError, format_examples

# Bytes become numbers from 0 to 1.
PICTURE_SCALING = LinearScaling(name="divide", offset=[0.0], scale=[255.0])


@dataclass(frozen=True)
class PictureValues:
    """The picture of each row: its position in `pixels`, or a negative number where the row has none.

    >>> pixels = np.array([[[[5]]], [[[7]]]], np.uint8)
    >>> PictureValues(pixels, np.array([1, 1, 0]))[1:].numbers
    array([1, 0])
    """

    pixels: NDArray[np.uint8]
    numbers: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> "PictureValues":
        return PictureValues(self.pixels, self.numbers[rows])


class PicturePixels(ColumnKind):
    """Values are PictureValues. A gap is a black picture. The stored rows have each picture of theirs once."""

    per_batch: ClassVar[bool] = True
    shared: ClassVar[bool] = True

    kind: Literal["picture"] = "picture"
    params: PictureParams

    @property
    def column(self) -> str:
        return self.columns[0]

    @property
    def steps(self) -> list[LinearScaling]:
        return [PICTURE_SCALING]

    def check(self, values: PictureValues) -> None:
        missing = np.flatnonzero(values.numbers < 0).tolist()
        if missing and self.params.missing == "refuse":
            raise UserError(
                f"column {self.column}: no picture in {len(missing)} of {len(values)} rows: "
                f"{format_examples(missing)}; set preprocess.columns.{self.column}.missing to blank, or write "
                f"`{self.column}: ignore`"
            )

    def fit(
        self,
        values: PictureValues,
        steps: Sequence[ScalingStep] = (),  # noqa: ARG002
        scaler_statistics: ScalerStatistics = no_scaler_statistics,  # noqa: ARG002
    ) -> Self:
        """Nothing is learned: the scaling of preprocess.steps is for numbers."""
        if (values.numbers < 0).all():
            raise UserError(
                f"column {self.column}: no training row has a picture; write `{self.column}: ignore` in "
                "preprocess.columns"
            )
        return self

    def transform(self, values: PictureValues) -> SharedRows:
        used, numbers = np.unique(values.numbers, return_inverse=True)
        pixels = np.zeros((len(used), *values.pixels.shape[1:]), np.uint8)
        pixels[used >= 0] = values.pixels[used[used >= 0]]
        return SharedRows(pixels, numbers.astype(np.int32))

    def to_batch(self, stored: Rows) -> NDArray[Any]:
        assert isinstance(stored, SharedRows)
        scaled: NDArray[np.float32] = apply_steps(self.steps, super().to_batch(stored.to_array()))
        return scaled
