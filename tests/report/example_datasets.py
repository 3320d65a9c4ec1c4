"""Small datasets of each kind with everything that the other stages write for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core import paths
from stages.core.artefacts.processed import (
    Fitted,
    InputSpec,
    ProcessedData,
    ProcessedSplit,
    TargetSpec,
    write_processed,
)
from stages.core.artefacts.raw.ragged_rows import RaggedRows, Rows, concatenate_ragged
from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens
from stages.core.artefacts.raw.raw_files import write_raw
from stages.core.artefacts.records.evaluation import EvaluationRecord, PredictionDetails, ValuesDetail
from stages.core.artefacts.records.record import write_record
from stages.core.artefacts.records.refreshed import NO_REFRESH
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.artefacts.records.validation import ValidationRecord
from stages.core.artefacts.windows import Window
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.image_pixels import ImagePixels
from stages.core.columns.scaling import LinearScaling
from stages.core.columns.texts.token_ids import TokenIds
from stages.core.files.atomic_write import write_json, write_text
from stages.report.recorded.recorded_predictions import Predictions, from_texts
from tests.report.example_records import (
    class_evaluation,
    classes_detail,
    training_record,
    validation_record,
    value_evaluation,
)

WORDS = ["", "", "", "wheat", "rose", "again", "<b>tariffs</b>"]
CLASSES = ["setosa", "versicolor", "virginica"]
HISTORY = "epoch,loss,accuracy,val_loss,val_accuracy\n1,1.0,0.4,1.1,0.3\n2,0.5,0.8,0.6,0.7\n3,0.4,0.9,0.7,0.7\n"


@dataclass
class ExampleDataset:
    raw: RawData
    processed: ProcessedData
    evaluation: EvaluationRecord
    predictions: Predictions
    history: str = HISTORY
    training: TrainingRecord = field(default_factory=training_record)
    validation: ValidationRecord = field(default_factory=validation_record)
    parameters: dict[str, Any] = field(default_factory=lambda: {"report": {"title": "A title"}})


def write_example(example: ExampleDataset) -> None:
    """Write it into the current directory, with the key "mine"."""
    key = "mine"
    write_json(paths.dataset_params(key), example.parameters)
    write_text(paths.refresh_record_copy(key), NO_REFRESH)
    write_raw(example.raw, paths.raw_data(key))
    write_processed(example.processed, paths.processed_data(key))
    write_record(paths.model(key) / "training.json", example.training)
    write_text(paths.history(key), example.history)
    write_record(paths.evaluation(key), example.evaluation)
    write_record(paths.validation_result(key), example.validation)
    folder, predictions = paths.predictions(key), example.predictions
    steps = {"step": predictions.steps} if len(predictions.steps) else {}
    texts = {name: list(column) for name, column in predictions.classes.items()}
    columns = pd.DataFrame({"row": predictions.rows, **steps, **texts, **predictions.values})
    write_text(folder / "predictions.csv", columns.to_csv(index=False, lineterminator="\n"))
    details = PredictionDetails.model_validate({"split": predictions.split, "targets": dict(predictions.targets)})
    write_record(folder / "details.json", details)
    for target, probabilities in predictions.probabilities.items():
        np.save(folder / f"probabilities.{target}.npy", probabilities)


def class_predictions(
    target: str, classes: list[str], samples: list[tuple[int, int, int]], probabilities: list[list[float]]
) -> Predictions:
    """`samples` holds the raw row, the true class and the predicted class."""
    confusion = np.zeros((len(classes), len(classes)), int)
    for _, truth, predicted in samples:
        confusion[truth, predicted] += 1
    columns = {
        f"{target}_truth": [classes[truth] for _, truth, _ in samples],
        f"{target}_predicted": [classes[predicted] for _, _, predicted in samples],
        f"{target}_probability": [str(max(row)) for row in probabilities],
    }
    details = {target: classes_detail(classes, confusion.tolist())}
    rows = [row for row, _, _ in samples]
    return from_texts("test", details, rows, columns, {target: np.array(probabilities, np.float32)})


def value_predictions(column: str, samples: list[tuple[int, float, float]]) -> Predictions:
    """`samples` holds the raw row, the truth and the prediction."""
    columns = {
        f"{column}_truth": [str(truth) for _, truth, _ in samples],
        f"{column}_predicted": [str(predicted) for _, _, predicted in samples],
    }
    return from_texts("test", {column: ValuesDetail(columns=[column])}, [row for row, _, _ in samples], columns, {})


def processed_data(fitted: Fitted, x: Rows, y: NDArray[Any], splits: Mapping[str, Sequence[int]]) -> ProcessedData:
    """`x` and `y` are all rows of the only input and the only target; `splits` holds the rows of each split."""
    (input_name,), (target_name,) = fitted.inputs, fitted.targets
    parts = {}
    for split, rows in splits.items():
        chosen = np.array(rows, np.int64)
        row_numbers = rows if isinstance(rows, range) else chosen
        target = fitted.targets[target_name]
        history = {target_name: target.inverse(y[chosen])} if fitted.window and not target.classes else {}
        parts[split] = ProcessedSplit({input_name: x[chosen]}, {target_name: y[chosen]}, row_numbers, history=history)
    return ProcessedData(fitted, parts)


def flowers(classes: list[str] = CLASSES) -> ExampleDataset:
    """A table of eight rows: two to train, two to validate, four to test, of which one is predicted wrongly."""
    numbers = [0, 1, 2, 0, 0, 1, 2, 2]
    lengths = [1.5, 4.25, 6.0, 1.0, 1.25, 4.5, 5.75, 5.0]
    frame = pd.DataFrame({"length": lengths, "species": [classes[number] for number in numbers]})
    standard = LinearScaling(name="standard", offset=[3.0], scale=[2.0])
    fitted = Fitted(
        inputs={"x": InputSpec(column=NumberColumns(columns=["length"], steps=[standard]), shape=[1])},
        targets={"species": TargetSpec(column=ClassLabels(columns=["species"], encoding="integer", classes=classes))},
        splits={"train": 2, "validation": 2, "test": 4},
        dropped_outliers=1,
        versions={"numpy": "2.4.6"},
    )
    x, y = np.array(lengths, np.float32)[:, None], np.array(numbers, np.int64)
    splits = {"train": [0, 1], "validation": [2, 3], "test": [4, 5, 6, 7]}
    return ExampleDataset(
        raw=Table({"all": frame}, classes={"species": classes}, source={"source": "file", "name": "flowers"}),
        processed=processed_data(fitted, x, y, splits),
        evaluation=class_evaluation(gap={"loss": 0.1, "accuracy": -0.1}),
        predictions=class_predictions(
            "species",
            classes,
            [(4, 0, 0), (5, 1, 1), (6, 2, 2), (7, 2, 1)],
            [[0.9, 0.1, 0], [0.1, 0.8, 0.1], [0.1, 0.2, 0.7], [0.1, 0.6, 0.3]],
        ),
        parameters={
            "train": {"epochs": 3, "model": {"kind": "mlp", "units": [8, 3]}},
            "report": {"title": "Flowers", "about": "Three kinds of flower."},
        },
    )


def images() -> ExampleDataset:
    """Eight images of three by three pixels in two raw splits, without a validation split."""
    pixels = np.zeros((8, 3, 3), np.uint8)
    pixels[::2, 0, 0], pixels[1::2, 1, 1] = 16, 16
    labels = np.array([0, 1] * 4, np.uint8)
    classes = ["corner", "middle"]
    fitted = Fitted(
        inputs={"image": InputSpec(column=ImagePixels(columns=["image"]), shape=[3, 3, 1])},
        targets={"label": TargetSpec(column=ClassLabels(columns=["label"], encoding="one_hot", classes=classes))},
        splits={"train": 4, "validation": 0, "test": 4},
    )
    one_hot = np.eye(2, dtype=np.float32)[labels]
    splits: dict[str, list[int]] = {"train": [0, 1, 2, 3], "validation": [], "test": [4, 5, 6, 7]}
    return ExampleDataset(
        raw=Images(
            {"train": pixels[:4], "test": pixels[4:]},
            {"train": labels[:4], "test": labels[4:]},
            classes,
            {"source": "test"},
        ),
        processed=processed_data(fitted, pixels[..., None], one_hot, splits),
        evaluation=class_evaluation(samples=3),
        predictions=class_predictions(
            "label", classes, [(4, 0, 0), (5, 1, 1), (6, 0, 1)], [[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]]
        ),
        history="epoch,loss,accuracy\n1,1.0,0.4\n2,0.5,0.8\n",
        training=training_record(epochs=2, monitor="loss", kept="last"),
    )


def texts(words: list[str] | None = WORDS) -> ExampleDataset:
    """Four short texts to train and two to test."""
    ragged = {
        "train": RaggedRows(np.array([1, 3, 4, 5, 1, 6, 1, 5, 4, 1, 3], np.uint8), np.array([0, 4, 6, 9, 11])),
        "test": RaggedRows(np.array([1, 4, 3, 1, 6, 6, 5], np.uint8), np.array([0, 3, 7])),
    }
    labels = {"train": np.array([0, 1, 0, 1], np.uint8), "test": np.array([0, 1], np.uint8)}
    classes = ["grain", "trade"]
    x = concatenate_ragged(list(ragged.values()))
    y = np.concatenate(list(labels.values())).astype(np.int32)
    fitted = Fitted(
        inputs={"text": InputSpec(column=TokenIds(columns=["text"], vocabulary_size=10_000), shape=[10_000])},
        targets={"label": TargetSpec(column=ClassLabels(columns=["label"], encoding="integer", classes=classes))},
        splits={"train": 4, "test": 2},
    )
    return ExampleDataset(
        raw=Tokens(
            ids={name: texts.ids for name, texts in ragged.items()},
            offsets={name: texts.offsets for name, texts in ragged.items()},
            labels=labels,
            classes=classes,
            words=words,
            source={"source": "test"},
        ),
        processed=processed_data(fitted, x, y, {"train": [0, 1, 2, 3], "test": [4, 5]}),
        evaluation=class_evaluation(headline={"value": 0.5}, best_baseline={"improvement": 0.0}),
        predictions=class_predictions("label", classes, [(4, 0, 0), (5, 1, 0)], [[0.9, 0.1], [0.6, 0.4]]),
    )


def prices() -> ExampleDataset:
    """Twelve days of a price: windows of two days predict the next day."""
    days = pd.date_range("2020-01-30", periods=12, freq="D").astype("datetime64[us]")
    values = np.array([10, 12, 11, 13, 15, 14, 16, 18, 17, 19, 21, 20], np.float64)
    step = LinearScaling(name="minmax", offset=[10.0], scale=[11.0])
    fitted = Fitted(
        inputs={"x": InputSpec(column=NumberColumns(columns=["price"], steps=[step]), shape=[2, 1])},
        targets={"price": TargetSpec(column=NumberColumns(columns=["price"], steps=[step]))},
        splits={"train": 3, "validation": 0, "test": 3},
        window=Window(length=2, stride=1, horizon=1),
    )
    x = ((values - 10) / 11).astype(np.float32)[:, None]
    return ExampleDataset(
        raw=Table({"all": pd.DataFrame({"day": days, "price": values})}, kind="series", time="day"),
        processed=processed_data(fitted, x, x, {"train": range(5), "validation": range(0), "test": range(7, 12)}),
        evaluation=value_evaluation(),
        predictions=value_predictions("price", [(9, 19, 17.5), (10, 21, 19.0), (11, 20, 20.25)]),
        history="epoch,loss,mae\n1,500.0,0.4\n2,0.5,0.3\n",
        training=training_record(epochs=2, monitor="loss"),
    )


def two_targets() -> ExampleDataset:
    """The flowers, with their width as a second target."""
    example = flowers()
    assert isinstance(example.raw, Table)
    widths = np.array([0.25, 1.5, 2.5, 0.5, 0.25, 1.0, 2.0, 1.75])
    width = TargetSpec(column=NumberColumns(columns=["width"]))
    targets = example.processed.fitted.targets | {"width": width}
    example.processed = ProcessedData(
        example.processed.fitted.model_copy(update={"targets": targets}),
        {
            name: ProcessedSplit(part.inputs, {**part.targets, "width": widths[part.rows][:, None]}, part.rows)
            for name, part in example.processed.splits.items()
        },
    )
    example.raw = Table({"all": example.raw.frames["all"].assign(width=widths)}, classes=example.raw.classes)
    species = example.predictions
    width_predictions = value_predictions("width", [(4, 0.25, 0.5), (5, 1.0, 1.25), (6, 2.0, 2.0), (7, 1.75, 1.0)])
    example.predictions = Predictions(
        "test",
        {**species.targets, **width_predictions.targets},
        species.rows,
        {**species.classes, **width_predictions.classes},
        {**species.values, **width_predictions.values},
        species.probabilities,
    )
    example.history = (
        "epoch,loss,species_accuracy,width_mae,val_loss\n1,1,0.5,0.4,1\n2,0.9,0.6,0.3,0.8\n3,0.8,0.7,0.2,0.9\n"
    )
    example.evaluation = class_evaluation(
        metrics={"species": {"accuracy": 0.75, "loss": 0.5}, "width": {"mae": 0.3125, "loss": 0.1}},
        baselines={"majority": {"species": {"accuracy": 0.5}}, "linear": {"width": {"mae": 0.5}}},
    )
    return example


EXAMPLES = {"flowers": flowers, "images": images, "prices": prices, "texts": texts, "two_targets": two_targets}
