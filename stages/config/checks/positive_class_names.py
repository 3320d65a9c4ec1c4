"""Positive classes that no target has, where conf/ lists the classes of the target."""

from collections.abc import Mapping, Sequence

from stages.config.checks.column_names import columns_in, target_names
from stages.config.schema import Dataset, Suite
from stages.core.parameters.validation_errors import ParameterError
from stages.download.params.file_params import Files, TableOptions
from stages.evaluate.params import positive_class_errors

# The target of images and of texts.
LABEL = "label"


def positive_class_parameter_errors(suite: Suite) -> list[ParameterError]:
    return [
        ParameterError(("datasets", key, "evaluate", "positive_class"), text)
        for key, dataset in suite.datasets.items()
        for text in positive_class_errors(dataset.evaluate.positive_class, classes_by_target(dataset))
    ]


def classes_by_target(dataset: Dataset) -> dict[str, Sequence[str] | None]:
    """None where download finds the classes in the data; a target of values has none."""
    params, listed = dataset.preprocess, _listed_classes(dataset)
    if params.targets is None:
        return {LABEL: listed.get(LABEL)}
    classes: dict[str, Sequence[str] | None] = {}
    for name in target_names(params.targets):
        labels = params.labels.get(name) if isinstance(params.labels, Mapping) else params.labels
        columns = columns_in(params.targets[name] if isinstance(params.targets, Mapping) else params.targets)
        # Preprocess refuses a target without columns.
        classes[name] = listed.get(columns[0]) if labels and columns else []
    return classes


def _listed_classes(dataset: Dataset) -> dict[str, Sequence[str]]:
    """The classes that download lists, by column, with its name after `rename`."""
    source = dataset.download
    if not isinstance(source, TableOptions):
        return {}
    if isinstance(source, Files) and (classes := getattr(source.format, "classes", None)) is not None:
        return {LABEL: classes}
    return {source.rename.get(column, column): names for column, names in source.classes.items()}
