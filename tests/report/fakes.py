"""Small chains, as the other stages would leave them: each kind of dataset, a few rows of it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from stages.core import paths
from stages.core.artefacts.processed import (
    Fitted,
    InputSpec,
    ProcessedData,
    ProcessedSplit,
    TargetSpec,
    write_processed,
)
from stages.core.artefacts.ragged_rows import RaggedRows
from stages.core.artefacts.raw import Images, RawData, Table, Tokens, write_raw
from stages.core.artefacts.windows import Window
from stages.core.columns.class_labels import ClassLabels
from stages.core.columns.image_pixels import ImagePixels
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.scaling import LinearScaling
from stages.core.columns.token_ids import TokenIds
from stages.core.runtime.atomic_write import atomic_folder, write_json, write_text

WORDS = ["", "", "", "wheat", "rose", "again", "<b>tariffs</b>"]
CLASSES = ["setosa", "versicolor", "virginica"]


@dataclass
class Fake:
    raw: RawData
    processed: ProcessedData
    metrics: dict[str, Any]
    predictions: str
    details: dict[str, Any]
    probabilities: dict[str, Any] = field(default_factory=dict)
    history: str = (
        "epoch,loss,accuracy,val_loss,val_accuracy\n1,1.0,0.4,1.1,0.3\n2,0.5,0.8,0.6,0.7\n3,0.4,0.9,0.7,0.7\n"
    )
    training: dict[str, Any] = field(default_factory=lambda: training(best_epoch=2, epochs=3))
    validation: dict[str, Any] = field(default_factory=lambda: validation())
    parameters: dict[str, Any] = field(default_factory=lambda: {"report": {"title": "A title"}})


def write(fake: Fake, key: str = "mine") -> None:
    """Into the current directory."""
    write_json(paths.dataset_params(key), fake.parameters)
    write_raw(fake.raw, paths.raw_data(key))
    write_processed(fake.processed, paths.processed_data(key))
    with atomic_folder(paths.model(key)) as folder:
        write_json(folder / "training.json", fake.training)
    write_text(paths.history(key), fake.history)
    write_json(paths.metrics(key), fake.metrics)
    with atomic_folder(paths.predictions(key)) as folder:
        write_text(folder / "predictions.csv", fake.predictions)
        write_json(folder / "details.json", fake.details)
        for target, chances in fake.probabilities.items():
            np.save(folder / f"probabilities.{target}.npy", np.array(chances, np.float32))
    write_json(paths.validation_result(key), fake.validation)


def training(best_epoch: int, epochs: int, monitor: str = "val_loss", kept: str = "best") -> dict[str, Any]:
    layer = {"name": "dense_1", "kind": "Dense", "output": "(None, 3)", "parameters": 15, "formula": "(4 + 1) * 3"}
    return {
        "best_epoch": best_epoch,
        "epochs": epochs,
        "monitor": monitor,
        "kept": kept,
        "parameters": 15,
        "trainable": 15,
        "layers": [layer],
        "versions": {"keras": "3.15.1", "numpy": "2.4.6"},
        "threads": 1,
    }


def validation(**changed: Any) -> dict[str, Any]:
    result = {
        "expectation": "expect_column_values_to_be_between",
        "arguments": {"column": "length", "min_value": 0, "max_value": 9},
        "passed": True,
        "observed": None,
        "unexpected": 0,
        "examples": [],
    }
    whole = {
        "passed": True,
        "rows": 8,
        "expectations": 1,
        "failed": 0,
        "results": [result],
        "duplicates": {"across_splits": 0, "within_splits": 0, "examples": []},
        "near_duplicates": near_duplicates(),
        "copied_columns": {"pairs": 0, "examples": []},
        "drift": {"accepted": False},
        "versions": {"great_expectations": "1.24.1"},
    }
    return whole | changed


def near_duplicates(**changed: Any) -> dict[str, Any]:
    return {"across_splits": 0, "within_splits": None, "looked_at": 4, "sought": 4, "examples": []} | changed


def class_metrics(**changed: Any) -> dict[str, Any]:
    whole = {
        "headline": {"metric": "accuracy", "better": "higher", "baseline": "majority"},
        "accuracy": 0.75,
        "loss": 0.6,
        "baseline": {"majority": {"accuracy": 0.5}},
        "gain": 0.25,
        "best_epoch": 2,
        "gap": {"loss": 0.1, "accuracy": -0.1},
        "samples": 4,
        "split": "test",
    }
    return whole | changed


def value_metrics(**changed: Any) -> dict[str, Any]:
    whole = {
        "headline": {"metric": "rmse", "better": "lower", "baseline": "persistence"},
        "rmse": 2.5,
        "loss": 0.1,
        "baseline": {"persistence": {"rmse": 2.0}},
        "gain": -0.5,
        "best_epoch": 2,
        "samples": 3,
        "split": "test",
    }
    return whole | changed


def class_details(classes: list[str], confusion: list[list[int]]) -> dict[str, Any]:
    figures = {"precision": 0.5, "recall": 1.0, "f1": 0.667}
    per_class = [{"class": c, **figures, "support": sum(row)} for c, row in zip(classes, confusion, strict=True)]
    return {"kind": "classes", "classes": classes, "confusion": confusion, "per_class": per_class}


def split(inputs: dict[str, Any], targets: dict[str, Any], rows: list[int] | range) -> ProcessedSplit:
    return ProcessedSplit(inputs, targets, rows if isinstance(rows, range) else np.array(rows, np.int64))


def flowers(classes: list[str] = CLASSES) -> Fake:
    """A table of eight flowers, two in validation and four in test; one of those is taken for another kind."""
    kinds = [0, 1, 2, 0, 0, 1, 2, 2]
    names = [classes[k] for k in kinds]
    lengths = [1.5, 4.25, 6.0, 1.0, 1.25, 4.5, 5.75, 5.0]
    frame = pd.DataFrame({"length": lengths, "species": names})
    fitted = Fitted(
        inputs={
            "x": InputSpec(
                column=NumberColumns(
                    columns=["length"], steps=[LinearScaling(name="standard", offset=[3.0], scale=[2.0])]
                ),
                shape=[1],
            )
        },
        targets={"species": TargetSpec(column=ClassLabels(columns=["species"], encoding="integer", classes=classes))},
        splits={"train": 2, "validation": 2, "test": 4},
        dropped_outliers=1,
        versions={"numpy": "2.4.6"},
    )
    x, y = np.array(lengths, np.float32)[:, None], np.array(kinds, np.int64)
    where = {"train": [0, 1], "validation": [2, 3], "test": [4, 5, 6, 7]}
    splits = {name: split({"x": x[rows]}, {"species": y[rows]}, rows) for name, rows in where.items()}
    said = [(4, 0, 0, 0.9), (5, 1, 1, 0.8), (6, 2, 2, 0.7), (7, 2, 1, 0.6)]
    return Fake(
        raw=Table({"all": frame}, classes={"species": classes}, source={"source": "file", "name": "flowers"}),
        processed=ProcessedData(fitted, splits),
        metrics=class_metrics(),
        predictions=csv_text(
            ["row", "species_truth", "species_predicted", "species_probability"],
            [[row, classes[truth], classes[answer], sure] for row, truth, answer, sure in said],
        ),
        details={
            "split": "test",
            "targets": {"species": class_details(classes, [[1, 0, 0], [0, 1, 0], [0, 1, 1]])},
        },
        probabilities={"species": [[0.9, 0.1, 0], [0.1, 0.8, 0.1], [0.1, 0.2, 0.7], [0.1, 0.6, 0.3]]},
        parameters={
            "train": {"epochs": 3, "model": {"kind": "mlp", "units": [8, 3]}},
            "report": {"title": "Flowers", "about": "Three kinds of flower."},
        },
    )


def pictures() -> Fake:
    """Eight pictures of three by three pixels in two given splits: a bright corner or a bright middle."""
    images = np.zeros((8, 3, 3), np.uint8)
    images[::2, 0, 0], images[1::2, 1, 1] = 16, 16
    labels = np.array([0, 1] * 4, np.uint8)
    classes = ["corner", "middle"]
    fitted = Fitted(
        inputs={"image": InputSpec(column=ImagePixels(columns=["image"]), shape=[3, 3, 1])},
        targets={"label": TargetSpec(column=ClassLabels(columns=["label"], encoding="one_hot", classes=classes))},
        splits={"train": 4, "validation": 0, "test": 4},
    )
    one_hot = np.eye(2, dtype=np.float32)[labels]
    where = {"train": [0, 1, 2, 3], "validation": [], "test": [4, 5, 6, 7]}
    splits = {n: split({"image": images[rows][..., None]}, {"label": one_hot[rows]}, rows) for n, rows in where.items()}
    said = [[4, "corner", "corner", 0.9], [5, "middle", "middle", 0.8], [6, "corner", "middle", 0.7]]
    return Fake(
        raw=Images(
            {"train": images[:4], "test": images[4:]},
            {"train": labels[:4], "test": labels[4:]},
            classes,
            {"source": "made"},
        ),
        processed=ProcessedData(fitted, splits),
        metrics=class_metrics(samples=3),
        predictions=csv_text(["row", "label_truth", "label_predicted", "label_probability"], said),
        details={"split": "test", "targets": {"label": class_details(classes, [[1, 1], [0, 1]])}},
        probabilities={"label": [[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]]},
        history="epoch,loss,accuracy\n1,1.0,0.4\n2,0.5,0.8\n",
        training=training(best_epoch=2, epochs=2, monitor="loss", kept="last"),
    )


def wires(words: list[str] | None = WORDS) -> Fake:
    """Four short texts to train on and two to test, whose words are known unless told otherwise."""
    ids = {"train": [1, 3, 4, 5, 1, 6, 1, 5, 4, 1, 3], "test": [1, 4, 3, 1, 6, 6, 5]}
    offsets = {"train": [0, 4, 6, 9, 11], "test": [0, 3, 7]}
    labels, classes = {"train": [0, 1, 0, 1], "test": [0, 1]}, ["grain", "trade"]
    rows = {n: RaggedRows(np.array(ids[n], np.uint8), np.array(offsets[n])) for n in ids}
    fitted = Fitted(
        inputs={"text": InputSpec(column=TokenIds(columns=["text"], vocabulary_size=10_000), shape=[10_000])},
        targets={"label": TargetSpec(column=ClassLabels(columns=["label"], encoding="integer", classes=classes))},
        splits={"train": 4, "test": 2},
    )
    numbers = {"train": [0, 1, 2, 3], "test": [4, 5]}
    return Fake(
        raw=Tokens(
            ids={n: r.ids for n, r in rows.items()},
            offsets={n: r.offsets for n, r in rows.items()},
            labels={n: np.array(y, np.uint8) for n, y in labels.items()},
            classes=classes,
            words=words,
            source={"source": "made"},
        ),
        processed=ProcessedData(
            fitted,
            {n: split({"text": rows[n]}, {"label": np.array(labels[n], np.int32)}, numbers[n]) for n in rows},
        ),
        metrics=class_metrics(samples=2, accuracy=0.5, gain=0.0),
        predictions=csv_text(
            ["row", "label_truth", "label_predicted", "label_probability"],
            [[4, "grain", "grain", 0.9], [5, "trade", "grain", 0.6]],
        ),
        details={"split": "test", "targets": {"label": class_details(classes, [[1, 0], [1, 0]])}},
        probabilities={"label": [[0.9, 0.1], [0.6, 0.4]]},
    )


def prices() -> Fake:
    """Twelve days of a price; windows of two days, the next day predicted, three of them in test."""
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
    where = {"train": range(5), "validation": range(0), "test": range(7, 12)}
    splits = {name: split({"x": x[rows]}, {"price": x[rows]}, rows) for name, rows in where.items()}
    return Fake(
        raw=Table({"all": pd.DataFrame({"day": days, "price": values})}, kind="series", time="day"),
        processed=ProcessedData(fitted, splits),
        metrics=value_metrics(),
        predictions=csv_text(
            ["row", "price_truth", "price_predicted"], [[9, 19, 17.5], [10, 21, 19.0], [11, 20, 20.25]]
        ),
        details={"split": "test", "targets": {"price": {"kind": "values", "columns": ["price"]}}},
        history="epoch,loss,mae\n1,500.0,0.4\n2,0.5,0.3\n",
        training=training(best_epoch=2, epochs=2, monitor="loss"),
    )


def two_targets() -> Fake:
    """The flowers once more, their width predicted beside their kind."""
    fake = flowers()
    assert isinstance(fake.raw, Table)
    widths = np.array([0.25, 1.5, 2.5, 0.5, 0.25, 1.0, 2.0, 1.75])
    width = TargetSpec(column=NumberColumns(columns=["width"]))
    fitted = fake.processed.fitted.model_copy(update={"targets": fake.processed.fitted.targets | {"width": width}})
    splits = {
        name: ProcessedSplit(part.inputs, {**part.targets, "width": widths[part.rows][:, None]}, part.rows)
        for name, part in fake.processed.splits.items()
    }
    fake.raw = Table({"all": fake.raw.frames["all"].assign(width=widths)}, classes=fake.raw.classes)
    fake.processed = ProcessedData(fitted, splits)
    fake.details["targets"]["width"] = {"kind": "values", "columns": ["width"]}
    header, *lines = fake.predictions.splitlines()
    more = ["width_truth,width_predicted", "0.25,0.5", "1.0,1.25", "2.0,2.0", "1.75,1.0"]
    fake.predictions = "".join(f"{a},{b}\n" for a, b in zip([header, *lines], more, strict=True))
    fake.history = (
        "epoch,loss,species_accuracy,width_mae,val_loss\n1,1,0.5,0.4,1\n2,0.9,0.6,0.3,0.8\n3,0.8,0.7,0.2,0.9\n"
    )
    fake.metrics = class_metrics(
        headline={"metric": "species.accuracy", "better": "higher", "baseline": "majority"},
        species={"accuracy": 0.75, "loss": 0.5},
        width={"mae": 0.3125, "loss": 0.1},
        baseline={"majority": {"species": {"accuracy": 0.5}}, "linear": {"width": {"mae": 0.5}}},
    )
    del fake.metrics["accuracy"], fake.metrics["loss"]
    return fake


def csv_text(header: list[str], rows: list[list[Any]]) -> str:
    return "".join(",".join(map(str, line)) + "\n" for line in [header, *rows])


KINDS = {"flowers": flowers, "pictures": pictures, "prices": prices, "wires": wires, "two_targets": two_targets}
