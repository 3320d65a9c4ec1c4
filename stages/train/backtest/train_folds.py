"""A training for each fold of the backtest, on the data of the fold."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from stages.core import paths
from stages.core.artefacts.processed import read_processed
from stages.core.bounded_memory.scratch_arrays import scratch_folder
from stages.core.dask_workers.stage_workers import stage_workers
from stages.core.errors import prefix_errors
from stages.core.own_model.model_files import ModelFiles, digest_of_model_files
from stages.train.backtest.fold_training import FoldTraining, train_fold_on_worker
from stages.train.loop.training_loop import TrainingResult, train_seeds
from stages.train.model.save_model import save_archive


@contextmanager
def trained_folds(
    training: FoldTraining, folds: int, folder: Path, model_files: ModelFiles
) -> Iterator[Iterator[TrainingResult]]:
    """Yield an iterator that trains the model of each fold and writes it to the folder. Folds are counted from 1.

    Stage workers begin to train them at once, while this process does something else.
    """
    names = {fold: f"fold {fold} of {folds}" for fold in range(1, folds + 1)}
    address = stage_workers()
    if not (names and address):
        yield _train_here(training, names, folder, model_files)
        return
    with _folds_on_workers(training, names, folder, address) as results:
        yield results


def _train_here(
    training: FoldTraining, names: dict[int, str], folder: Path, model_files: ModelFiles
) -> Iterator[TrainingResult]:
    for fold, name in names.items():
        with prefix_errors(name):
            result = train_fold(training, fold, folder / f"{fold}.keras", model_files, name)
        yield result


@contextmanager
def _folds_on_workers(
    training: FoldTraining, names: dict[int, str], folder: Path, address: str
) -> Iterator[Iterator[TrainingResult]]:
    # Only when asked for: Dask is an extra.
    from stages.core.dask_workers.call_on_workers import calls_on_workers

    threads, process = training.params.threads, digest_of_model_files(paths.model_file_copies(training.key))
    with scratch_folder(paths.model(training.key).parent) as written:
        calls = [partial(train_fold_on_worker, training, fold, written.path) for fold in names]
        with calls_on_workers(calls, address, threads, process) as results:
            yield _take_models(results, training, names, written.path, folder)


def _take_models(
    results: Iterator[tuple[TrainingResult, str]],
    training: FoldTraining,
    names: dict[int, str],
    written: Path,
    folder: Path,
) -> Iterator[TrainingResult]:
    for fold, name in names.items():
        with prefix_errors(name):
            result, file = next(results)
        folder.mkdir(exist_ok=True)
        (written / file).replace(folder / f"{fold}.keras")
        print(f"{training.key} {name}: {len(result.history)} epochs on a worker", flush=True)
        yield result


def train_fold(
    training: FoldTraining, fold: int, file: Path, model_files: ModelFiles, name: str = "fold"
) -> TrainingResult:
    """Train the model of the fold, from the first seed, and write it to the file."""
    params = training.params.model_copy(update={"seeds": 1})
    data = read_processed(paths.processed_data(training.key), fold)
    # Each fold has a folder, since the file of a checkpoint is named by its seed.
    checkpoints = training.checkpoints / f"fold_{fold}"
    trained = next(train_seeds(data, params, f"{training.key} {name}", checkpoints, model_files))
    save_archive(trained.model, file)
    return trained.result
