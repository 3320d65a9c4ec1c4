"""Small parameters, processed data and trainings for tests."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from stages.core.artefacts.processed import (
    Fitted,
    InputSpec,
    ProcessedData,
    ProcessedSplit,
    TargetSpec,
    target_stored_in_input,
)
from stages.core.artefacts.raw.ragged_rows import RaggedRows, offsets_from_lengths
from stages.core.artefacts.raw.shared_rows import SharedRows
from stages.core.artefacts.windows import Window
from stages.core.columns.categories.category_ids import CategoryIds
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.column_params import CategoryParams, PictureParams, TextParams
from stages.core.columns.features.category_feature import CategoryFeature
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.image_pixels import ImagePixels
from stages.core.columns.pictures.picture_pixels import PicturePixels
from stages.core.columns.scaling import FittedStep
from stages.core.columns.texts.text_ids import TextIds
from stages.core.columns.texts.tf_idf_text import TfIdfText
from stages.core.columns.texts.token_ids import TokenIds
from stages.core.own_model.model_files import NO_MODEL_FILES, ModelFiles
from stages.core.parameters.validation_errors import type_adapter
from stages.train.params import Train

if TYPE_CHECKING:
    import keras

    from stages.train.loop.training_loop import Training, TrainingResult

LETTERS = ["a", "b", "c", "d"]
_TRAININGS: dict[tuple[Any, ...], "Training"] = {}


def train_params(**changes: Any) -> Train:
    defaults = {
        "model": {"kind": "linear"},
        "output": "linear",
        "loss": "mean_squared_error",
        "optimizer": {"kind": "sgd"},
        "epochs": 1,
        "batch": 4,
    }
    params: Train = type_adapter(Train).validate_python(defaults | changes)
    return params


def input_spec(*shape: int) -> InputSpec:
    return InputSpec(column=NumberColumns(columns=[]), shape=list(shape))


def image_input(steps: list[FittedStep], *shape: int) -> InputSpec:
    return InputSpec(column=ImagePixels(columns=["image"], steps=steps), shape=list(shape))


def text_input(vocabulary: int) -> InputSpec:
    return InputSpec(column=TokenIds(columns=["text"], vocabulary_size=vocabulary), shape=[vocabulary])


def text_ids_input(words: int, length: int) -> InputSpec:
    params = TextParams(kind="text", form="ids", length=length)
    names = [f"w{n}" for n in range(words)]
    return InputSpec(column=TextIds(columns=["message"], params=params, words=names), shape=[length])


def tf_idf_input(words: int) -> InputSpec:
    params, names = TextParams(kind="text", form="tf_idf"), [f"w{n}" for n in range(words)]
    column = TfIdfText(columns=["message"], params=params, words=names, row_counts=[1] * words, training_rows=9)
    return InputSpec(column=column, shape=[words])


def category_ids_input(categories: int, steps: int | None = None) -> InputSpec:
    """Of one category in each row, or in each step of a window."""
    params, names = CategoryParams(kind="category", encoding="embedding"), [f"c{n}" for n in range(categories)]
    feature = CategoryFeature(column="port", params=params, categories=names)
    return InputSpec(column=CategoryIds(columns=["port"], feature=feature), shape=[*([steps] if steps else []), 1])


def picture_input(height: int, width: int, channels: int) -> InputSpec:
    column = PicturePixels(columns=["photo"], params=PictureParams(kind="picture"))
    return InputSpec(column=column, shape=[height, width, channels])


def scaled_input(column: str, steps: list[FittedStep]) -> InputSpec:
    """A column whose steps preprocess has already applied."""
    return InputSpec(column=NumberColumns(columns=[column], steps=steps), shape=[1])


def window_input(steps: int, *columns: str, **settings: Any) -> InputSpec:
    """Windows of this many steps."""
    return InputSpec(column=NumberColumns(columns=list(columns)), shape=[steps, len(columns)], **settings)


def target_in_input(name: str, *columns: str, **settings: Any) -> TargetSpec:
    """Columns that are among those of an input, with the same scaling."""
    return TargetSpec(column=NumberColumns(columns=list(columns)), stored_in_input=name, **settings)


def value_target(*columns: str) -> TargetSpec:
    return TargetSpec(column=NumberColumns(columns=list(columns or ("y",))))


def class_target(encoding: Any, classes: int) -> TargetSpec:
    return TargetSpec(column=ClassLabels(columns=["kind"], encoding=encoding, classes=LETTERS[:classes]))


def window_over(length: int, stride: int, horizon: int) -> Window:
    return Window(length=length, stride=stride, horizon=horizon)


def fitted_data(inputs: dict[str, InputSpec], targets: dict[str, TargetSpec], **more: Any) -> Fitted:
    return Fitted(inputs=inputs, targets=targets, **{"splits": {}} | more)


def random_data(
    inputs: dict[str, InputSpec],
    targets: dict[str, TargetSpec],
    train: int = 10,
    validation: int = 4,
    test: int = 0,
    window: Window | None = None,
) -> ProcessedData:
    """So many random samples, the same on every call."""
    sizes = {"train": train, "validation": validation, "test": test}
    sizes = {name: size for name, size in sizes.items() if size}
    random = np.random.default_rng(7)
    split = partial(_random_series, window) if window else _random_split
    splits = {name: split(inputs, targets, size, random) for name, size in sizes.items()}
    return ProcessedData(fitted_data(inputs, targets, splits=sizes, window=window), splits)


def with_weights(data: ProcessedData) -> ProcessedData:
    """Random weights of the rows, the same on every call."""
    random = np.random.default_rng(2)
    splits = {
        name: replace(split, weights=random.uniform(0, 4, len(split.rows)).astype(np.float32))
        for name, split in data.splits.items()
    }
    return ProcessedData(data.fitted, splits)


def training_data(fitted: Fitted, inputs: dict[str, Any], targets: dict[str, Any], samples: int) -> ProcessedData:
    """These arrays as training split, without another split."""
    rows = np.arange(len(next(iter(inputs.values()))))
    fitted = fitted.model_copy(update={"splits": {"train": samples}})
    return ProcessedData(fitted, {"train": ProcessedSplit(inputs, targets, rows)})


def build(params: Train, fitted: Fitted) -> "keras.Model":
    from stages.train.model.build_model import build_model

    return build_model(params, fitted)


def new_training(params: Train, processed: ProcessedData, model_files: ModelFiles = NO_MODEL_FILES) -> "Training":
    from stages.train.loop.training_loop import Training

    return Training(processed, params, model_files)


def shared_training(processed: ProcessedData, params: Train, create: Any = None) -> "Training":
    """Return a training that is compiled once for these parameters and data; `run` resets everything else."""
    from stages.train.loop import compiled_epochs

    arrays = [
        a for split in processed.splits for a in (*processed.inputs(split).values(), *processed.targets(split).values())
    ]
    settings = params.model_dump_json(exclude={"seed", "seeds", "refit"}), processed.fitted.model_dump_json()
    key = (*settings, compiled_epochs.SAMPLES_PER_CALL, *(array.tobytes() for array in arrays))
    if key not in _TRAININGS:
        _TRAININGS[key] = create(processed, params) if create else new_training(params, processed)
    return _TRAININGS[key]


def train(params: Train, processed: ProcessedData) -> tuple["keras.Model", "TrainingResult"]:
    training = shared_training(processed, params)
    return training.model, training.run(params.seed, params.epochs, "test")


def weights(model: "keras.Model") -> list[bytes]:
    return [weight.tobytes() for weight in model.get_weights()]


def _random_split(
    inputs: dict[str, InputSpec], targets: dict[str, TargetSpec], size: int, random: np.random.Generator
) -> ProcessedSplit:
    return ProcessedSplit(
        {name: _random_rows(spec, size, random) for name, spec in inputs.items()},
        {name: _random_target(spec, size, random) for name, spec in targets.items()},
        np.arange(size),
    )


def _random_series(
    window: Window,
    inputs: dict[str, InputSpec],
    targets: dict[str, TargetSpec],
    windows: int,
    random: np.random.Generator,
) -> ProcessedSplit:
    """The rows of so many windows over numbers."""
    rows = (windows - 1) * window.stride + window.span
    x: dict[str, Any] = {
        name: random.normal(size=(rows, spec.shape[1])).astype("float32") for name, spec in inputs.items()
    }
    y = {
        name: target_stored_in_input(target, inputs, x)
        if target.stored_in_input
        else random.normal(size=(rows, len(target.columns))).astype("float32")
        for name, target in targets.items()
    }
    return ProcessedSplit(x, y, np.arange(rows))


def _random_rows(spec: InputSpec, size: int, random: np.random.Generator) -> Any:
    if spec.sparse:
        rows = [np.flatnonzero(random.random(spec.shape[0]) < 0.5) for _ in range(size)]
        ids = np.concatenate(rows).astype(np.uint8)
        weights = random.random(len(ids)).astype(np.float32) if spec.column.weighted else None
        return RaggedRows(ids, offsets_from_lengths(np.array([len(row) for row in rows])), weights)
    if spec.id_count:
        ids = random.integers(int(spec.padded), spec.id_count, (size, *spec.shape)).astype(np.int32)
        # Texts of different lengths, padded at the end.
        is_padding = np.arange(spec.shape[0]) >= random.integers(1, spec.shape[0] + 1, (size, 1))
        return np.where(is_padding, 0, ids).astype(np.int32) if spec.padded else ids
    if isinstance(spec.column, PicturePixels):
        pictures = random.integers(0, 256, (size // 2 + 1, *spec.shape)).astype(np.uint8)
        return SharedRows(pictures, random.integers(0, len(pictures), size).astype(np.int32))
    return random.normal(size=(size, *spec.shape)).astype("float32")


def _random_target(target: TargetSpec, size: int, random: np.random.Generator) -> Any:
    if target.encoding == "values":
        return random.normal(size=(size, target.width)).astype("float32")
    numbers = random.permutation(np.arange(size) % target.width)
    return np.eye(target.width, dtype="float32")[numbers] if target.encoding == "one_hot" else numbers


DATA = random_data({"x": input_spec(3)}, {"y": value_target()})
