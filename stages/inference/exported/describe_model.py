"""What a model predicts, from which columns, and how well, as lines of text."""

from collections.abc import Iterator

from stages.core.artefacts.records.evaluation import metric_name
from stages.core.errors import MAX_EXAMPLES, format_examples
from stages.inference.input_schema import InputColumn
from stages.inference.model_card import ModelCard, PredictedTarget
from stages.inference.model_folder import OpenedModel


def description(model: OpenedModel) -> Iterator[str]:
    card = model.card
    yield f"{card.key}: {card.title}"
    yield f"predicts {'; '.join(map(describe_target, card.targets))}"
    yield f"{headline_sentence(card)}"
    yield "columns:"
    for column in model.schema.columns:
        yield f"  {column.name}: {describe_column(column)}"


def describe_target(target: PredictedTarget) -> str:
    """
    >>> describe_target(PredictedTarget(name="species", columns=["species"], classes=["setosa", "virginica"]))
    'species, one of setosa, virginica'
    >>> describe_target(PredictedTarget(name="level", columns=["level"], steps=12))
    'level, the next 12 values'
    """
    if target.classes is not None:
        count = f"{len(target.classes)} classes: " * (len(target.classes) > MAX_EXAMPLES)
        return f"{target.name}, one of {count}{format_examples(target.classes)}{_threshold(target)}"
    columns = "" if target.columns == [target.name] else f" ({format_examples(target.columns)})"
    return f"{target.name}{columns}, {'a value' if target.steps == 1 else f'the next {target.steps} values'}"


def _threshold(target: PredictedTarget) -> str:
    """
    >>> from stages.core.artefacts.records.evaluation import DecisionThreshold
    >>> threshold = DecisionThreshold(value=0.3, positive="yes")
    >>> _threshold(PredictedTarget(name="ill", columns=["ill"], classes=["no", "yes"], threshold=threshold))
    '; yes, if its probability is above 0.3'
    """
    threshold = target.threshold
    return "" if threshold is None else f"; {threshold.positive}, if its probability is above {threshold.value:.6g}"


def headline_sentence(card: ModelCard) -> str:
    results, headline, best = card.results, card.results.headline, card.results.best_baseline
    name = metric_name(headline.target, headline.metric, len(results.metrics))
    return (
        f"{name} {headline.value:.4g} on {results.samples:,} {results.split} rows; {best.value:.4g} by the best "
        f"baseline, {best.name}"
    )


def describe_column(column: InputColumn) -> str:
    """
    >>> describe_column(InputColumn(name="size", type="number", can_be_missing=True))
    'number, may be missing'
    >>> describe_column(InputColumn(name="sold", type="text", date_format="%d.%m.%Y"))
    'date, written as %d.%m.%Y'
    """
    parts: list[str] = ["date" if column.is_time else column.type]
    if column.date_format is not None:
        parts.append(f"written as {column.date_format}")
    if column.range is not None:
        parts.append(f"{column.range.minimum:.6g} to {column.range.maximum:.6g} in training")
    if column.choices is not None:
        parts.append(f"one of {format_examples(column.choices)}")
    if column.shape is not None:
        parts.append(" x ".join(map(str, column.shape)))
    return ", ".join([*parts, *(["may be missing"] if column.can_be_missing else [])])
