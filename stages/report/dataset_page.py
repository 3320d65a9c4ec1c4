"""The page of one dataset."""

from dataclasses import dataclass

from stages.core.artefacts.processed import TRAIN
from stages.core.artefacts.records.evaluation import ClassesDetail
from stages.core.artefacts.records.training import LayerRecord
from stages.report.dataset_results import DatasetResults
from stages.report.format_text import count
from stages.report.metric_descriptions import describe_samples
from stages.report.render_template import render
from stages.report.sections.classification_section import ClassificationSection, classification_section
from stages.report.sections.data_section import DataSection, data_section
from stages.report.sections.drift_section import DriftSection, drift_section
from stages.report.sections.provenance_section import Setting, Version, layers_sentence, parameters, versions
from stages.report.sections.regression_section import RegressionSection, regression_section
from stages.report.sections.summary_section import MetricTable, Summary, metric_table, summary
from stages.report.sections.training_section import TrainingSection, training_section
from stages.report.sections.validation_section import ValidationSection, validation_section


@dataclass(frozen=True)
class PredictionsSection:
    """One entry for each target with classes and for each column of values."""

    sentence: str
    has_several_targets: bool
    classifications: list[ClassificationSection]
    regressions: list[RegressionSection]


@dataclass(frozen=True)
class Page:
    title: str
    about: str
    summary: Summary
    metrics: MetricTable
    data: DataSection
    validation: ValidationSection
    drift: DriftSection
    training: TrainingSection
    predictions: PredictionsSection
    parameters: list[tuple[str, list[Setting]]]
    layers: list[LayerRecord]
    layers_sentence: str
    total_parameters: int
    versions: list[Version]
    threads: str


def page(results: DatasetResults) -> str:
    return render("dataset_page.html", page=page_content(results))


def page_content(results: DatasetResults) -> Page:
    training, fitted = results.training, results.processed.fitted
    return Page(
        title=results.report.title,
        about=results.report.about,
        summary=summary(results.evaluation),
        metrics=metric_table(results.evaluation),
        data=data_section(results.raw, results.processed, results.report.samples),
        validation=validation_section(results.validation),
        drift=drift_section(results.key, results.validation.drift),
        training=training_section(results.history, training, results.evaluation.gap, fitted),
        predictions=predictions_section(results),
        parameters=parameters(results.parameters),
        layers=training.layers,
        layers_sentence=layers_sentence(training),
        total_parameters=training.parameters,
        versions=versions(validate=results.validation.versions, preprocess=fitted.versions, train=training.versions),
        threads=count(training.threads, "thread"),
    )


def predictions_section(results: DatasetResults) -> PredictionsSection:
    predictions, most = results.predictions, results.report.predictions
    if not predictions.rows:
        return PredictionsSection(f"The {predictions.split} split is empty: there are no predictions.", False, [], [])
    classifications, regressions = [], []
    for name, detail in sorted(predictions.targets.items()):
        if isinstance(detail, ClassesDetail):
            classifications.append(
                classification_section(name, detail, predictions, results.raw, results.processed, most)
            )
        else:
            regressions += [
                regression_section(column, predictions, results.raw, results.processed, most)
                for column in detail.columns
            ]
    sentence = predictions_sentence(predictions.split, len(predictions.rows))
    return PredictionsSection(sentence, len(predictions.targets) > 1, classifications, regressions)


def predictions_sentence(split: str, samples: int) -> str:
    """
    >>> predictions_sentence("test", 30)
    'Predictions for 30 test samples.'
    """
    sentence = f"Predictions for {describe_samples(samples, split)}."
    if split == TRAIN:
        sentence += " The model was trained on them, so they do not show how well it predicts new samples."
    return sentence
