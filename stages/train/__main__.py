"""`python3 -m stages.train DATASET`: trains the model on the processed arrays."""

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.core import paths
from stages.core.artefacts.processed import ProcessedData, read_processed
from stages.core.artefacts.records.record import write_record
from stages.core.params import stage_params
from stages.core.runtime import keras as keras_runtime
from stages.core.runtime.stage import run_stage
from stages.core.runtime.stage_outputs import StageOutputs
from stages.train.check_params_fit_data import check_training
from stages.train.params import Loss, Train


def run(key: str, outputs: StageOutputs) -> None:
    params: Train = stage_params(Train, key, "train")
    processed = read_processed(paths.processed_data(key))
    losses = check_training(params, processed)
    keras_runtime.start_keras(params.threads)
    _train(key, params, processed, losses, outputs)


def _train(key: str, params: Train, processed: ProcessedData, losses: dict[str, Loss], outputs: StageOutputs) -> None:
    """Import Keras only now, after all checks that do not need it."""
    from stages.train.loop.checkpoint import open_checkpoints
    from stages.train.loop.history_csv import history_csv
    from stages.train.loop.train_seeds import train_seeds
    from stages.train.model.save_model import save_archive, save_model
    from stages.train.training_record import training_record

    checkpoints = open_checkpoints(paths.checkpoint(key), params, paths.processed_data(key))
    with outputs.folder(paths.model(key)) as folder:
        trained_seeds = []
        for trained in train_seeds(processed, params, losses, key, checkpoints):
            if trained.seed == params.seed:
                save_model(trained.model, folder)
            else:
                save_archive(trained.model, folder / "seeds" / f"{trained.seed}.keras")
            trained_seeds.append(trained)
        write_record(folder / "training.json", training_record(trained_seeds, params, losses))
    outputs.write_text(paths.history(key), history_csv(trained_seeds[0].result.history))
    checkpoints.delete()


if __name__ == "__main__":
    run_stage("train", run)
