"""python3 -m stages.train DATASET"""

from typing import TYPE_CHECKING, Any

from stages.core import keras_runtime, paths
from stages.core.params import stage_params
from stages.core.processed import Processed, read_processed
from stages.core.stage import main
from stages.core.versions import versions
from stages.core.writing import whole_folder, write_json, write_text
from stages.train.agreement import check_agreement, losses
from stages.train.engine import engine_of
from stages.train.naming import check_names
from stages.train.params import Train

if TYPE_CHECKING:
    from stages.train.trials import Trial


def run(key: str) -> None:
    params: Train = stage_params(Train, key, "train")
    processed = read_processed(paths.processed(key))
    check_names(processed.fitted)
    check_agreement(params, processed.fitted.targets)
    keras_runtime.start(params.threads)
    _train(key, params, processed)


def _train(key: str, params: Train, processed: Processed) -> None:
    """Keras is loaded here, when all that can be checked without it has been."""
    from stages.train.history import history_csv
    from stages.train.resuming import notes_of
    from stages.train.saving import save_archive, save_model
    from stages.train.trials import trials

    notes = notes_of(paths.notes(key), params, paths.processed(key))
    with whole_folder(paths.model(key)) as folder:
        seeds: list[dict[str, int]] = []
        for trial in trials(processed, params, key, notes):
            seeds.append({"seed": trial.seed, "best_epoch": trial.outcome.best_epoch})
            if len(seeds) > 1:
                save_archive(trial.model, folder / "seeds" / f"{trial.seed}.keras")
                continue
            save_model(trial.model, folder)
            record, history = _record(trial, params, processed), history_csv(trial.outcome.history)
        write_json(folder / "training.json", record | {"seeds": seeds})
    write_text(paths.history(key), history)
    notes.forget()


def _record(trial: "Trial", params: Train, processed: Processed) -> dict[str, Any]:
    from stages.train.saving import layer_table

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
        "pinned": keras_runtime.pins(),
        "versions": versions("keras", "numpy", "tensorflow"),
    }


if __name__ == "__main__":
    main("train", run)
