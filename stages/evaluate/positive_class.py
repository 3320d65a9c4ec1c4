"""The positive class of each target with two classes."""

from stages.core.artefacts.processed import ProcessedData
from stages.core.errors import UserError
from stages.evaluate.params import Evaluate, positive_class_errors


def check_positive_class(params: Evaluate, processed: ProcessedData) -> None:
    """Raise UserError unless each name is one of the two classes of a target."""
    classes = {name: target.classes or [] for name, target in processed.fitted.targets.items()}
    if errors := list(positive_class_errors(params.positive_class, classes)):
        raise UserError(*(f"evaluate.positive_class: {error}" for error in errors))


def positive_classes(params: Evaluate, processed: ProcessedData) -> dict[str, int]:
    """The number of the positive class, for each target of which `evaluate.positive_class` names it."""
    numbers = {}
    for name, target in processed.fitted.targets.items():
        named = params.positive_class
        positive = named.get(name) if isinstance(named, dict) else named
        if positive is not None and target.classes is not None and target.width == 2:
            numbers[name] = target.classes.index(positive)
    return numbers
