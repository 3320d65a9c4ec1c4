"""Images, stored as they are and scaled in each batch."""

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.ragged_rows import Rows
from stages.core.columns.scaling import ScaledColumns, apply_steps


class ImagePixels(ScaledColumns):
    """Values are pixels with axes (images, height, width, channels)."""

    per_batch: ClassVar[bool] = True

    kind: Literal["pixels"] = "pixels"

    def transform(self, values: NDArray[Any]) -> NDArray[Any]:
        return values

    def to_batch(self, stored: Rows) -> NDArray[np.float32]:
        scaled: NDArray[np.float32] = apply_steps(self.steps, super().to_batch(stored))
        return scaled
