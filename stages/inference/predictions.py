"""What the model says, in the targets' own terms. Keras is loaded here."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any
from zipfile import BadZipFile

import keras
import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import ProcessedData, TargetSpec
from stages.core.artefacts.read_outputs import reading_output_of
from stages.evaluate.metrics import ByTarget, scores
from stages.inference.check_model_file import check_model

BATCH = 1024
LONGEST = 300


@dataclass(frozen=True)
class Answers:
    """For each target: probabilities or values, the answer itself, and how good it is."""

    told: dict[str, NDArray[Any]]
    predicted: dict[str, NDArray[Any]]
    scores: ByTarget


def answers(model: keras.Model, processed: ProcessedData, split: str, losses: Mapping[str, str]) -> Answers:
    given, targets = outputs(model, processed, split), processed.fitted.targets
    y, truth = processed.targets(split), processed.truth(split)
    told = {n: probabilities(t, given[n]) if t.classes else t.inverse(given[n]) for n, t in targets.items()}
    predicted = {n: np.argmax(told[n], axis=1) if t.classes else told[n] for n, t in targets.items()}
    found = {
        n: {"loss": loss(losses[n], y[n], given[n])} | scores(t, truth[n], predicted[n]) for n, t in targets.items()
    }
    return Answers(told, predicted, found)


def load(folder: Path, name: str = "model.keras") -> keras.Model:
    """What training wrote, and in Keras' safe mode: a file that carries code is refused."""
    path = folder / name
    with reading_output_of("train", folder.name, path, BadZipFile):
        check_model(path)
        return _loaded(path)


def _loaded(path: Path) -> keras.Model:
    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # noqa: BLE001 - Keras and TensorFlow raise anything for a wrong file, at length
        raise ValueError(shorten(str(error) or type(error).__name__, LONGEST, placeholder=" ...")) from None


def outputs(model: keras.Model, processed: ProcessedData, split: str) -> dict[str, NDArray[np.float32]]:
    """What the output layers give, for every sample of a split, by target."""
    names, count = list(processed.fitted.targets), processed.sample_count(split)
    pieces = [_batch(model, processed, split, start, names) for start in range(0, count, BATCH)]
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in names}


def _batch(model: keras.Model, processed: ProcessedData, split: str, start: int, names: list[str]) -> dict[str, Any]:
    x = processed.inputs(split, start, start + BATCH)
    if isinstance(model, keras.Sequential):
        ((name,), (only,)) = names, x.values()
        return {name: model.predict_on_batch(only)}
    given: dict[str, Any] = model.predict_on_batch(x)
    return given


def probabilities(target: TargetSpec, given: NDArray[np.float32]) -> NDArray[np.float32]:
    """One column a class; a single sigmoid unit gives the second one's.

    >>> from stages.core.columns.class_labels import ClassLabels
    >>> target = TargetSpec(column=ClassLabels(columns=["c"], encoding="integer", classes=["no", "yes"]))
    >>> probabilities(target, np.array([[0.25]], np.float32)).tolist()
    [[0.75, 0.25]]
    """
    return np.concatenate([1 - given, given], axis=1) if given.shape[1] == 1 and target.width == 2 else given


def loss(name: str, truth: NDArray[Any], given: NDArray[np.float32]) -> float:
    """The loss that was trained on, over all samples at once."""
    y = truth if truth.ndim == given.ndim or name.startswith("sparse") else truth[:, None]
    return float(keras.ops.mean(keras.losses.get(name)(y, given)))
