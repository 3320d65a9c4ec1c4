"""`python3 -m stages.evaluate DATASET`: metrics of the model and of the baselines on held-out rows."""

from dataclasses import replace

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.core import paths
from stages.core.artefacts.processed import VALIDATION, ProcessedData, arrays_in, read_processed
from stages.core.artefacts.read_history import read_history
from stages.core.artefacts.records.record import read_record, record_text, write_record
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.bounded_memory.scratch_arrays import scratch_folder
from stages.core.errors import UserError
from stages.core.own_model.code_errors import explain_code_errors
from stages.core.own_model.model_files import import_model_files
from stages.core.parameters.read_params import stage_params
from stages.core.run_stage.stage import run_stage
from stages.core.run_stage.stage_outputs import StageOutputs
from stages.core.runtime.keras import start_keras
from stages.evaluate.backtest.fold_evaluation import FoldEvaluation
from stages.evaluate.baselines.choose_baselines import check_baselines
from stages.evaluate.decision_threshold import check_threshold
from stages.evaluate.evaluation_record import evaluation_record, find_headline
from stages.evaluate.forecasts.forecast_intervals import forecast_intervals
from stages.evaluate.params import Evaluate
from stages.evaluate.permutation_importance import permutation_importance
from stages.evaluate.positive_class import check_positive_class, positive_classes
from stages.evaluate.prediction_files import write_predictions
from stages.inference.output_settings import OUTPUT_SETTINGS_FILE, OutputSettings


def run(key: str, outputs: StageOutputs) -> None:
    params: Evaluate = stage_params(Evaluate, key, "evaluate")
    data = paths.processed_data(key)
    with scratch_folder(paths.predictions(key).parent) as scratch:
        _evaluate(key, params, replace(read_processed(data), new_array=arrays_in(scratch)), outputs)


def _evaluate(key: str, params: Evaluate, processed: ProcessedData, outputs: StageOutputs) -> None:
    if not processed.has_split(params.split):
        raise UserError(f"evaluate.split: no {params.split} rows; give preprocess.split.{params.split} a share")
    check_baselines(params, processed)
    check_positive_class(params, processed)
    folder = paths.model(key)
    training = read_record(TrainingRecord, folder / "training.json", "train", key)
    history = read_history(paths.history(key), key)
    refit = training.kept == "refit"
    if refit and params.split == VALIDATION:
        raise UserError(
            "evaluate.split: with train.refit the model was trained on the validation rows too; "
            "use split: test, or remove train.refit"
        )

    check_threshold(params, processed, training)
    positive = positive_classes(params, processed)

    start_keras(training.threads)
    # These modules load Keras, which takes seconds: only now that everything else was checked.
    from stages.evaluate.backtest.evaluate_folds import evaluated_folds
    from stages.evaluate.model_evaluation import model_evaluator, predictor_of_target
    from stages.inference.keras_model.keras_outputs import model_outputs
    from stages.inference.keras_model.load_model import load_model

    model_files = import_model_files(paths.model_file_copies(key))
    quantiles, backtest = training.quantiles_by_target, FoldEvaluation(key, params, positive)
    with (
        explain_code_errors(str(paths.MODEL_FILES)),
        evaluated_folds(backtest, training, model_files) as results_of_folds,
    ):
        model = load_model(folder, model_files=model_files)
        evaluate = model_evaluator(params, training, model_files, positive)
        evaluation = evaluate(model, processed, params.split)
        other_seeds = [
            evaluate(load_model(folder, f"seeds/{seed.seed}.keras", model_files), processed, params.split).metrics
            for seed in training.seeds[1:]
        ]
        headline = find_headline(params.headline, evaluation.metrics, evaluation.undefined)
        predict = predictor_of_target(model, processed, headline[0], evaluation.thresholds, positive, quantiles)
        importance = permutation_importance(params, processed, refit, headline, predict)
        intervals = forecast_intervals(
            params, processed, refit, quantiles, lambda split: model_outputs(model, processed, split)
        )
        folds = list(results_of_folds)
    record = evaluation_record(
        params, processed, training, history, evaluation, other_seeds, importance, intervals, folds
    )
    settings = OutputSettings(quantiles=quantiles, thresholds=evaluation.thresholds, intervals=intervals.fitted)
    with outputs.folder(paths.predictions(key)) as predictions_folder:
        write_predictions(predictions_folder, processed, params.split, evaluation.predictions, intervals)
        write_record(predictions_folder / OUTPUT_SETTINGS_FILE, settings)
    outputs.write_text(paths.evaluation(key), record_text(record))
    outputs.write_json(paths.metrics(key), record.tracked_metrics())


if __name__ == "__main__":
    run_stage("evaluate", run)
