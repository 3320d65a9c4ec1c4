"""The page of one dataset."""

from dataclasses import dataclass

from stages.core.artefacts.processed import TRAIN
from stages.core.artefacts.records.evaluation import ClassesDetail
from stages.report.dataset_results import DatasetResults
from stages.report.rendering.format_text import count
from stages.report.rendering.metric_descriptions import describe_samples
from stages.report.rendering.render_template import render
from stages.report.sections.data_section import data_section
from stages.report.sections.drift_section import drift_section
from stages.report.sections.forecasts.forecasts_section import forecasts_section
from stages.report.sections.importance_section import importance_section
from stages.report.sections.parameters_and_versions_section import layers_sentence, parameters, versions
from stages.report.sections.predictions.classification_section import ClassificationSection, classification_section
from stages.report.sections.predictions.regression_section import RegressionSection, regression_section
from stages.report.sections.split_use import measured_split_use, split_purposes
from stages.report.sections.summary_section import metric_notes, metric_tables, samples_sentence, summary
from stages.report.sections.training_section import training_section
from stages.report.sections.validation_section import validation_section


@dataclass(frozen=True)
class PredictionsSection:
    """One entry for each target with classes and for each column of values."""

    sentence: str
    has_several_targets: bool
    classifications: list[ClassificationSection]
    regressions: list[RegressionSection]


def page(results: DatasetResults) -> str:
    training, fitted, evaluation = results.training, results.processed.fitted, results.evaluation
    return render(
        "dataset_page.html",
        title=results.report.title,
        about=results.report.about,
        summary=summary(evaluation),
        samples_sentence=samples_sentence(evaluation, measured_split_use(fitted, training, evaluation)),
        metrics=metric_tables(evaluation),
        metric_notes=metric_notes(evaluation),
        data=data_section(
            results.raw,
            results.processed,
            split_purposes(fitted, training, evaluation),
            results.report.samples,
            results.refreshed,
        ),
        validation=validation_section(results.validation, in_windows=fitted.window is not None),
        drift=drift_section(results.key, results.validation.drift),
        training=training_section(results.history, training, evaluation.gap, fitted),
        importance=importance_section(evaluation),
        forecasts=forecasts_section(results),
        predictions=predictions_section(results),
        parameters=parameters(results.parameters),
        layers=training.layers,
        layers_sentence=layers_sentence(training),
        total_parameters=training.parameters,
        versions=versions(
            validate=results.validation.versions,
            preprocess=fitted.versions,
            train=training.versions,
            evaluate=evaluation.versions,
        ),
        threads=count(training.threads, "thread"),
    )


def predictions_section(results: DatasetResults) -> PredictionsSection:
    predictions, max_count = results.predictions, results.report.predictions
    if not len(predictions.rows):
        return PredictionsSection(f"The {predictions.split} split is empty: there are no predictions.", False, [], [])
    classifications, regressions, of_samples = [], [], predictions.of_last_step()
    for name, detail in sorted(predictions.targets.items()):
        if isinstance(detail, ClassesDetail):
            threshold = results.evaluation.thresholds.get(name)
            classifications.append(
                classification_section(name, detail, of_samples, results.raw, results.processed, max_count, threshold)
            )
        else:
            regressions += [
                regression_section(column, predictions, results.raw, results.processed, max_count)
                for column in detail.columns
            ]
    sentence = f"Predictions for {describe_samples(predictions.samples, predictions.split)}."
    if predictions.split == TRAIN:
        sentence += " The model was trained on them, so they do not show how well it predicts new samples."
    return PredictionsSection(sentence, len(predictions.targets) > 1, classifications, regressions)
