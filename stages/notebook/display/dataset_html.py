"""A dataset in a notebook: its headline metric beside the best baseline, its splits and a curve of the training."""

from collections.abc import Mapping
from typing import Protocol

from markupsafe import Markup

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION, Fitted
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.errors import UserError
from stages.notebook.display.html_parts import element, heading, paragraph, table, warning
from stages.report.sections.summary_section import summary
from stages.report.sections.training_section import VALIDATION_PREFIX, metric_chart


class Results(Protocol):
    """What is shown of a dataset. Reading one of the parts raises UserError if there is no such result."""

    @property
    def evaluation(self) -> EvaluationRecord: ...
    @property
    def fitted(self) -> Fitted: ...
    @property
    def training(self) -> TrainingRecord: ...
    @property
    def history(self) -> Mapping[str, list[float]]: ...


def dataset_html(title: str, name: str, stale: str | None, results: Results) -> str:
    """`stale` is a warning. What cannot be read is left out, and the first reason is in its place."""
    shown = [heading(title, name)]
    if stale:
        shown.append(warning(stale))
    reasons = []
    for part in (_headline, _splits, _curve):
        try:
            shown.append(part(results))
        except UserError as error:
            reasons.append(error.messages[0])
    # The warning says already that there are no results.
    if reasons and not stale:
        shown.append(paragraph(reasons[0], "soft"))
    return element(shown)


def _headline(results: Results) -> Markup:
    found = summary(results.evaluation)
    value = Markup('{}: <span class="value">{}</span> on {}.').format(found.label, found.value, found.samples)
    compared = f"The model is {found.improvement} than {found.compared_with}."
    parts = [paragraph(value), paragraph(compared), *(paragraph(text, "soft") for text in [found.chance] if text)]
    return Markup("").join(parts)


def _splits(results: Results) -> Markup:
    found = results.fitted.splits
    sizes = {split: f"{found[split]:,}" for split in (TRAIN, VALIDATION, TEST) if found.get(split)}
    return table(["split", *sizes], [["samples", *sizes.values()]], numbers=list(sizes))


def _curve(results: Results) -> Markup:
    training = results.training
    name = training.monitor.removeprefix(VALIDATION_PREFIX)
    chart = metric_chart(results.history, name, training.best_epoch, results.fitted.targets)
    keys = Markup("").join(Markup('<span class="key {}">{}</span>').format(tone, text) for tone, text in chart.legend)
    title = f"{chart.title}, {chart.note} " if chart.note else f"{chart.title} "
    return paragraph(Markup("{}{}").format(title, keys), "soft") + chart.svg
