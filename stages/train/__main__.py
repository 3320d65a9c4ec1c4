"""`python3 -m stages.train DATASET`: trains the model on the processed arrays."""

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from typing import TYPE_CHECKING, Any

from stages.core import paths
from stages.core.artefacts.processed import ProcessedData, read_processed
from stages.core.params import stage_params
from stages.core.runtime import keras as keras_runtime
from stages.core.runtime.atomic_write import write_json
from stages.core.runtime.installed_versions import versions
from stages.core.runtime.stage import run_stage
from stages.core.runtime.stage_outputs import StageOutputs
from stages.train.loop.choose_engine import engine_of
from stages.train.model.check_layer_names import check_names
from stages.train.model.check_losses import check_agreement, losses
from stages.train.params import Train

if TYPE_CHECKING:
    from stages.train.loop.seeds import Trial


def run(key: str, outputs: StageOutputs) -> None:
    params: Train = stage_params(Train, key, "train")
    processed = read_processed(paths.processed_data(key))
    check_names(processed.fitted)
    check_agreement(params, processed.fitted.targets)
    keras_runtime.start_keras(params.threads)
    _train(key, params, processed, outputs)


def _train(key: str, params: Train, processed: ProcessedData, outputs: StageOutputs) -> None:
    """Keras is loaded here, when all that can be checked without it has been."""
    from stages.train.loop.checkpoint import notes_of
    from stages.train.loop.history_csv import history_csv
    from stages.train.loop.seeds import trials
    from stages.train.model.save_model import save_archive, save_model

    notes = notes_of(paths.checkpoint(key), params, paths.processed_data(key))
    with outputs.folder(paths.model(key)) as folder:
        seeds: list[dict[str, int]] = []
        for trial in trials(processed, params, key, notes):
            seeds.append({"seed": trial.seed, "best_epoch": trial.outcome.best_epoch})
            if len(seeds) > 1:
                save_archive(trial.model, folder / "seeds" / f"{trial.seed}.keras")
                continue
            save_model(trial.model, folder)
            record, history = _record(trial, params, processed), history_csv(trial.outcome.history)
        write_json(folder / "training.json", record | {"seeds": seeds})
    outputs.write_text(paths.history(key), history)
    notes.forget()


def _record(trial: "Trial", params: Train, processed: ProcessedData) -> dict[str, Any]:
    from stages.train.model.save_model import layer_table

    model = trial.model
    return {
        "best_epoch": trial.outcome.best_epoch,
        "epochs": len(trial.outcome.history),
        "monitor": params.monitor,
        "kept": "refit" if params.refit else params.keep,
        "loss": losses(params, processed.fitted.targets),
        "parameters": int(model.count_params()),
        "trainable": int(sum(w.numpy().size for w in model.trainable_weights)),
        "layers": layer_table(model),
        "engine": engine_of(params, processed.fitted),
        "threads": params.threads,
        "pinned": keras_runtime.pinned_settings(),
        "versions": versions("keras", "numpy", "tensorflow"),
    }


if __name__ == "__main__":
    run_stage("train", run)
