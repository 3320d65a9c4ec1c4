"""What conf/ says about the targets of a new dataset: their names, outputs, losses and metrics."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, count
from typing import Any, NamedTuple

from stages.cli.new.describe.new_dataset import NewDataset, TargetKind
from stages.train.check_params_fit_data import is_hidden_layer


class TargetSettings(NamedTuple):
    """What a target of one kind has in conf/. `metric` is recorded in training, `headline` is that of evaluate."""

    output: str
    loss: str
    metric: str
    headline: str


SETTINGS: Mapping[TargetKind, TargetSettings] = {
    "classes": TargetSettings("softmax", "categorical_crossentropy", "accuracy", "accuracy"),
    "values": TargetSettings("linear", "mean_squared_error", "mean_absolute_error", "rmse"),
}
# The name of the model's input.
TAKEN_NAMES = frozenset({"x"})


def targets_entry(dataset: NewDataset) -> Any:
    """A name that can name a file and a layer is needed for each target: a column's own, or another one."""
    if predicts_values_together(dataset):
        return list(dataset.targets)
    names = target_names(dataset)
    if len(names) == 1:
        [(column, name)] = names.items()
        return column if name == column else {name: column}
    return {name: column for column, name in names.items()}


def predicts_values_together(dataset: NewDataset) -> bool:
    """Several values are the columns of one target."""
    return len(dataset.targets) > 1 and not dataset.class_targets


def target_names(dataset: NewDataset) -> dict[str, str]:
    """Return the name of the target of each column, another one for each."""
    names: dict[str, str] = {}
    for column in dataset.targets:
        first = target_name(column)
        candidates = chain([first], (f"{first}_{number}" for number in count(2)))
        names[column] = next(name for name in candidates if name not in names.values())
    return names


def target_name(column: str) -> str:
    """
    >>> target_name("species"), target_name("Qualität (0-10)"), target_name("x")
    ('species', 'Qualitat_0-10', 'target_x')
    """
    plain_letters = unicodedata.normalize("NFKD", column).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", plain_letters).strip("_.-") or "y"
    taken = name in TAKEN_NAMES or is_hidden_layer(name, inputs=TAKEN_NAMES)
    return f"target_{name}" if taken else name


def labels_entry(dataset: NewDataset) -> Any:
    """None if no target is a class."""
    if dataset.has_both_kinds:
        names = target_names(dataset)
        return {names[column]: "one_hot" for column in dataset.class_targets}
    return "one_hot" if dataset.class_targets else None


def settings_by_target(dataset: NewDataset) -> Iterator[tuple[str, dict[str, Any]]]:
    """The keys of `train` that differ between a class and a value, each with its values by target."""
    names = target_names(dataset)

    def by_target(setting: Callable[[TargetSettings], Any]) -> dict[str, Any]:
        return {names[column]: setting(SETTINGS[kind]) for column, kind in dataset.target_kinds.items()}

    yield "output", by_target(lambda settings: settings.output)
    yield "loss", by_target(lambda settings: settings.loss)
    yield "loss_weights", by_target(lambda _: 1.0)
    yield "metrics", by_target(lambda settings: [settings.metric])


def headline(dataset: NewDataset) -> str:
    """The metric of the first target."""
    column, kind = next(iter(dataset.target_kinds.items()))
    metric = SETTINGS[kind].headline
    if len(dataset.targets) == 1 or predicts_values_together(dataset):
        return metric
    return f"{target_names(dataset)[column]}.{metric}"
