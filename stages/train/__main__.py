"""python3 -m stages.train DATASET"""

from typing import Any

from stages.core import keras_runtime, paths
from stages.core.params import stage_params
from stages.core.processed import Processed, read_processed
from stages.core.stage import main
from stages.core.versions import versions
from stages.core.writing import whole_folder, write_json, write_text
from stages.train.agreement import check_agreement, losses
from stages.train.naming import check_names
from stages.train.params import Train


def run(key: str) -> None:
    params: Train = stage_params(Train, key, "train")
    processed = read_processed(paths.processed(key))
    check_names(processed.fitted)
    check_agreement(params, processed.fitted.targets)
    keras_runtime.start(params.threads)
    _train(key, params, processed)


def _train(key: str, params: Train, processed: Processed) -> None:
    """Keras is loaded here, when all that can be checked without it has been."""
    from stages.train.building import build
    from stages.train.history import history_csv
    from stages.train.loop import train
    from stages.train.saving import layer_table, save_model

    model = build(params, processed.fitted)
    outcome = train(model, processed, params, key)
    record: dict[str, Any] = {
        "best_epoch": outcome.kept_epoch,
        "epochs": len(outcome.history),
        "monitor": params.monitor,
        "kept": params.keep,
        "loss": losses(params, processed.fitted.targets),
        "parameters": int(model.count_params()),
        "trainable": int(sum(w.numpy().size for w in model.trainable_weights)),
        "layers": layer_table(model),
        "threads": params.threads,
        "versions": versions("keras", "numpy", "tensorflow"),
    }
    with whole_folder(paths.model(key)) as folder:
        save_model(model, folder)
        write_json(folder / "training.json", record)
    write_text(paths.history(key), history_csv(outcome.history))


if __name__ == "__main__":
    main("train", run)
