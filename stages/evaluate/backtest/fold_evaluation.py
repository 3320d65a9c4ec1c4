"""What a process needs to evaluate a fold. The process of a worker imports this before it loads Keras."""

from collections.abc import Mapping
from dataclasses import dataclass

from stages.core import paths
from stages.core.artefacts.records.record import read_record
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.own_model.code_errors import explain_code_errors
from stages.core.own_model.model_files import import_model_files
from stages.core.runtime.keras import start_keras
from stages.evaluate.backtest.fold_metrics import FoldMetrics
from stages.evaluate.params import Evaluate


@dataclass(frozen=True)
class FoldEvaluation:
    """Models, data and own code are in the files of the dataset. See `evaluate_model` for `positive`."""

    key: str
    params: Evaluate
    positive: Mapping[str, int]


def evaluate_fold_on_worker(evaluation: FoldEvaluation, fold: int) -> dict[str, FoldMetrics]:
    key = evaluation.key
    training = read_record(TrainingRecord, paths.model(key) / "training.json", "train", key)
    start_keras(training.threads)
    from stages.evaluate.backtest.evaluate_folds import evaluate_fold

    model_files = import_model_files(paths.model_file_copies(key))
    with explain_code_errors(str(paths.MODEL_FILES)):
        return evaluate_fold(evaluation, fold, training, model_files)
