"""`python3 -m stages.evaluate DATASET`: metrics of the model and of the baselines on held-out rows."""

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stages.core import paths
from stages.core.artefacts.processed import VALIDATION, ProcessedData, read_processed
from stages.core.artefacts.read_outputs import read_csv_rows, reading_output_of
from stages.core.errors import UserError
from stages.core.params import stage_params
from stages.core.runtime import keras as keras_runtime
from stages.core.runtime.atomic_write import write_json
from stages.core.runtime.stage import run_stage
from stages.core.runtime.stage_outputs import StageOutputs
from stages.evaluate.baselines import check_baselines
from stages.evaluate.metrics import details, metrics, prediction_rows, training_figures
from stages.evaluate.params import Evaluate

if TYPE_CHECKING:
    from stages.inference.predictions import Answers


def run(key: str, outputs: StageOutputs) -> None:
    params: Evaluate = stage_params(Evaluate, key, "evaluate")
    processed = read_processed(paths.processed_data(key))
    if not processed.has_split(params.split):
        raise UserError(f"evaluate.split: no {params.split} rows; give preprocess.split.{params.split} a share")
    check_baselines(params, processed)
    record, history = _record(key), _history(key)
    _check_unseen(params, record)
    keras_runtime.start_keras(record["threads"])
    _evaluate(key, params, processed, record, training_figures(record, history), outputs)


def _check_unseen(params: Evaluate, record: dict[str, Any]) -> None:
    if record["kept"] == "refit" and params.split == VALIDATION:
        raise UserError(
            "evaluate.split: train.refit learned from the validation rows too; use split: test, or take train.refit out"
        )


def _evaluate(
    key: str,
    params: Evaluate,
    processed: ProcessedData,
    record: dict[str, Any],
    training: dict[str, Any],
    outputs: StageOutputs,
) -> None:
    from stages.inference.predictions import answers, load

    folder, losses = paths.model(key), record["loss"]
    first = answers(load(folder), processed, params.split, losses)
    others = [answers(load(folder, f), processed, params.split, losses).scores for f in _repeats(record)]
    figures = metrics(params, processed, first.scores, training, others)
    _write_predictions(key, params, processed, first, outputs)
    outputs.write_json(paths.metrics(key), figures)


def _repeats(record: dict[str, Any]) -> list[str]:
    """The models of the other seeds."""
    return [f"seeds/{repeat['seed']}.keras" for repeat in record["seeds"][1:]]


def _write_predictions(
    key: str, params: Evaluate, processed: ProcessedData, first: "Answers", outputs: StageOutputs
) -> None:
    truth, targets = processed.truth(params.split), processed.fitted.targets
    shown = details(processed, truth, first.predicted)
    with outputs.folder(paths.predictions(key)) as folder:
        _write_csv(folder / "predictions.csv", prediction_rows(processed, params.split, truth, first.told))
        write_json(folder / "details.json", {"split": params.split, "targets": shown})
        for name in (n for n, t in targets.items() if t.classes):
            np.save(folder / f"probabilities.{name}.npy", first.told[name])


def _record(key: str) -> dict[str, Any]:
    path = paths.model(key) / "training.json"
    with reading_output_of("train", key, path):
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return {name: record[name] for name in ("threads", "loss", "best_epoch", "epochs", "kept", "seeds")}


def _history(key: str) -> dict[str, NDArray[Any]]:
    path = paths.history(key)
    with reading_output_of("train", key, path, IndexError, csv.Error):
        header, *rows = read_csv_rows(path)
        return {name: np.array([float(row[n]) for row in rows]) for n, name in enumerate(header) if name != "epoch"}


def _write_csv(path: Path, rows: list[list[object]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    run_stage("evaluate", run)
