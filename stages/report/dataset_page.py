"""One dataset's page: every section's content, then one template."""

from dataclasses import dataclass

from stages.core.artefacts.processed import TRAIN
from stages.report.dataset_results import Chain
from stages.report.format_text import count
from stages.report.metric_descriptions import samples_words
from stages.report.render_template import render
from stages.report.sections.classification_section import ClassAnswers, class_answers
from stages.report.sections.data_section import Material, material
from stages.report.sections.drift_section import Drift, drift
from stages.report.sections.provenance_section import Layers, Setting, Version, layers, parameters, versions
from stages.report.sections.regression_section import ValueAnswers, value_answers
from stages.report.sections.summary_section import Headline, MetricTable, headline, metric_table
from stages.report.sections.training_section import Learning, learning
from stages.report.sections.validation_section import Checks, checks


@dataclass(frozen=True)
class Answers:
    """`none` says why there is nothing to show."""

    sentence: str
    none: str
    several: bool
    classes: list[ClassAnswers]
    values: list[ValueAnswers]


@dataclass(frozen=True)
class Page:
    title: str
    about: str
    headline: Headline
    metrics: MetricTable
    material: Material
    checks: Checks
    drift: Drift
    learning: Learning
    answers: Answers
    parameters: list[tuple[str, list[Setting]]]
    layers: Layers
    versions: list[Version]
    threads: str


def page(chain: Chain) -> str:
    return render("page.html", page=contents(chain))


def contents(chain: Chain) -> Page:
    training, fitted = chain.training, chain.processed.fitted
    return Page(
        title=chain.report.title,
        about=chain.report.about,
        headline=headline(chain.metrics),
        metrics=metric_table(chain.metrics),
        material=material(chain.raw, chain.processed, chain.report.samples),
        checks=checks(chain.validation),
        drift=drift(chain.key, chain.validation["drift"]),
        learning=learning(chain.history, training, chain.metrics.get("gap", {}), fitted),
        answers=answers(chain),
        parameters=parameters(chain.parameters),
        layers=layers(training),
        versions=versions(
            validate=chain.validation["versions"], preprocess=fitted.versions, train=training["versions"]
        ),
        threads=count(training["threads"], "thread"),
    )


def answers(chain: Chain) -> Answers:
    found, rest = chain.predictions, (chain.raw, chain.processed, chain.report.predictions)
    if not found.rows:
        return Answers("", f"The {found.split} split has no rows, so there is nothing to predict.", False, [], [])
    kinds = {name: found.targets[name]["kind"] for name in sorted(found.targets)}
    return Answers(
        sentence=answers_sentence(found.split, len(found.rows)),
        none="",
        several=len(kinds) > 1,
        classes=[class_answers(name, found, *rest) for name, kind in kinds.items() if kind == "classes"],
        values=[
            value_answers(column, found, *rest)
            for name, kind in kinds.items()
            if kind == "values"
            for column in found.targets[name]["columns"]
        ],
    )


def answers_sentence(split: str, samples: int) -> str:
    """
    >>> answers_sentence("test", 30)
    'Answers for 30 test samples.'
    """
    if split == TRAIN:
        return (
            f"There are no test rows. These are answers for {samples_words(samples, split)}, "
            "and they say how well it fits those, not how it does on new ones."
        )
    return f"Answers for {samples_words(samples, split)}."
