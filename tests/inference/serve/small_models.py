"""Models of a few numbers, which NumPy computes."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted, InputSpec, TargetSpec
from stages.core.artefacts.windows import Window
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.image_pixels import ImagePixels
from stages.core.pictures.picture_decoding import PictureDecoding
from stages.inference.input_schema import InputColumn, InputSchema, NumberRange
from stages.inference.output_settings import OutputSettings
from stages.inference.predictor import Predictor
from stages.inference.run_model import RunModel

RANGE = NumberRange(minimum=0, median=2.5, maximum=10)
SIZES = InputSchema(
    key="sizes",
    kind="table",
    columns=[
        InputColumn(name="length", type="number", range=RANGE),
        InputColumn(name="width", type="number", range=RANGE),
    ],
)
CLASSES = ["large", "small <b>"]


def run_sizes(inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    """The probability of "large" is that of the logistic function of length + width - 5."""
    large = 1 / (1 + np.exp(-(inputs["x"].sum(axis=1, dtype=np.float64) - 5)))
    return {"size": np.stack([large, 1 - large], axis=1).astype(np.float32)}


def sizes_predictor(run_model: RunModel = run_sizes, batch: int = 4) -> Predictor:
    fitted = Fitted(
        inputs={"x": InputSpec(column=NumberColumns(columns=["length", "width"]), shape=[2])},
        targets={"size": TargetSpec(column=ClassLabels(columns=["size"], classes=CLASSES, encoding="one_hot"))},
        splits={},
    )
    return Predictor(fitted, OutputSettings(), run_model, batch)


LEVELS = InputSchema(
    key="levels",
    kind="series",
    columns=[InputColumn(name="day", type="time"), InputColumn(name="level", type="number")],
    time="day",
    rows=3,
)


def run_levels(inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    """The next two values continue the last difference."""
    last, step = inputs["x"][:, -1], inputs["x"][:, -1] - inputs["x"][:, -2]
    return {"level": np.concatenate([last + step, last + 2 * step], axis=1).astype(np.float32)}


def levels_predictor() -> Predictor:
    fitted = Fitted(
        inputs={"x": InputSpec(column=NumberColumns(columns=["level"]), shape=[3, 1])},
        targets={"level": TargetSpec(column=NumberColumns(columns=["level"]), step_count=2)},
        splits={},
        window=Window(length=3, horizon=2, steps="all"),
    )
    return Predictor(fitted, OutputSettings(), run_levels, 4)


PICTURES = InputSchema(
    key="pictures",
    kind="images",
    columns=[
        InputColumn(
            name="image",
            type="picture",
            shape=[2, 2, 1],
            decoding=PictureDecoding(size=[2, 2], colour="grey"),
            pixel_type="uint8",
        )
    ],
)


def run_pictures(inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    """The probability of "light" is the mean of the pixels, which are bytes."""
    light = inputs["image"].reshape(len(inputs["image"]), -1).mean(axis=1) / 255
    return {"kind": np.stack([1 - light, light], axis=1).astype(np.float32)}


def pictures_predictor() -> Predictor:
    kinds = ClassLabels(columns=["kind"], classes=["dark", "light"], encoding="one_hot")
    fitted = Fitted(
        inputs={"image": InputSpec(column=ImagePixels(columns=["image"]), shape=[2, 2, 1])},
        targets={"kind": TargetSpec(column=kinds)},
        splits={},
    )
    return Predictor(fitted, OutputSettings(), run_pictures, 4)
