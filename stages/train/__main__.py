"""`python3 -m stages.train DATASET`: trains the model on the processed arrays."""

import shutil

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.core import paths
from stages.core.artefacts.processed import read_processed
from stages.core.artefacts.records.record import write_record
from stages.core.errors import prefix_errors
from stages.core.own_model.model_files import NO_MODEL_FILES, import_model_files
from stages.core.parameters.read_params import stage_params
from stages.core.run_stage.stage import run_stage
from stages.core.run_stage.stage_outputs import StageOutputs
from stages.core.runtime import keras as keras_runtime
from stages.train.backtest.fold_training import FoldTraining
from stages.train.check_params_fit_data import check_training
from stages.train.params import Train


def run(key: str, outputs: StageOutputs) -> None:
    params: Train = stage_params(Train, key, "train")
    data = paths.processed_data(key)
    processed = read_processed(data)
    check_training(params, processed)
    for fold in range(1, processed.fitted.folds + 1):
        with prefix_errors(f"fold {fold}"):
            check_training(params, read_processed(data, fold))

    keras_runtime.start_keras(params.threads)
    # These modules load Keras, which takes seconds: only now that everything else was checked.
    from stages.train.backtest.train_folds import trained_folds
    from stages.train.loop.checkpoint import checkpoint_folder
    from stages.train.loop.training_loop import train_seeds
    from stages.train.model.own_model import explain_training_errors
    from stages.train.model.save_model import save_archive, save_model
    from stages.train.training_files import history_csv, training_record

    own_code = paths.model_file_copies(key)
    model_files = import_model_files(own_code) if params.own_functions else NO_MODEL_FILES
    checkpoints = checkpoint_folder(paths.checkpoint(key), params, data, own_code)
    backtest, folds = FoldTraining(key, params, checkpoints), processed.fitted.folds
    with (
        explain_training_errors(model_files, params),
        outputs.folder(paths.model(key)) as folder,
        trained_folds(backtest, folds, folder / "folds", model_files) as results_of_folds,
    ):
        trained_seeds = []
        for trained in train_seeds(processed, params, key, checkpoints, model_files):
            if trained.seed == params.seed:
                save_model(trained.model, folder)
            else:
                save_archive(trained.model, folder / "seeds" / f"{trained.seed}.keras")
            trained_seeds.append(trained)
        record = training_record(trained_seeds, params, processed, list(results_of_folds))
        write_record(folder / "training.json", record)
    outputs.write_text(paths.history(key), history_csv(trained_seeds[0].result.history))
    shutil.rmtree(paths.checkpoint(key), ignore_errors=True)


if __name__ == "__main__":
    run_stage("train", run)
