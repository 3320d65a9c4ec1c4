"""What a study needs before its first trial: checked ranges, current raw data, the metric and the rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stages.cli.dataset_keys import check_keys
from stages.cli.tune.ranges.check_paths import SECTIONS
from stages.cli.tune.ranges.check_ranges import checked_ranges
from stages.cli.tune.ranges.parameter_paths import value_at
from stages.cli.tune.ranges.read_ranges import ranges_file, read_ranges
from stages.cli.tune.search.halving import rungs_of
from stages.cli.tune.study import Choices, NumberRange, Range, Values
from stages.cli.tune.workers.messages import Sections
from stages.cli.tune.yaml_text import value_text
from stages.config.schema import Dataset
from stages.core.errors import UserError, format_examples
from stages.core.parameters.validation_errors import type_adapter

EPOCHS = "train.epochs"
# Those that the values of trials depend on.
EVALUATE_KEYS = ("headline", "positive_class", "seed", "threshold")


@dataclass(frozen=True)
class StudyParameters:
    """The dataset's parameters in conf/, and the ranges to search."""

    key: str
    dataset: Dataset
    composed: Mapping[str, Any]
    ranges: Mapping[str, Range]

    @property
    def sections(self) -> Sections:
        return {name: self.composed.get(name) or {} for name in SECTIONS}

    @property
    def evaluate(self) -> dict[str, Any]:
        section = self.composed["evaluate"]
        return {name: section[name] for name in EVALUATE_KEYS if name in section}

    @property
    def default(self) -> Values:
        return default_values(self.composed, self.dataset, self.ranges)

    @property
    def rungs(self) -> list[int]:
        return rungs_of(largest_epochs(self.dataset.train.epochs, self.ranges))


def study_parameters(key: str, params: Mapping[str, Any]) -> StudyParameters:
    """`params` are those of the suite, composed and checked. Raises UserError with all errors of the ranges."""
    check_keys([key], list(params["datasets"]))
    composed = params["datasets"][key]
    dataset: Dataset = type_adapter(Dataset).validate_python(composed)
    ranges = checked_ranges(read_ranges(ranges_file(key)), key, composed)
    return StudyParameters(key, dataset, composed, ranges)


def default_values(composed: Mapping[str, Any], dataset: Dataset, ranges: Mapping[str, Range]) -> Values:
    """The values of conf/ for the searched parameters, with the defaults of the types. Some have none."""
    full = dataset.model_dump(mode="json", by_alias=True)
    values: Values = {}
    for path, each in ranges.items():
        for content in (composed, full):
            try:
                value = value_at(content, path)
            except LookupError:
                continue
            if isinstance(each, Choices):
                values[path] = value_text(value)
            elif isinstance(value, int | float) and not isinstance(value, bool):
                values[path] = value
            break
    return values


def largest_epochs(default: int, ranges: Mapping[str, Range]) -> int:
    """Rungs are the same numbers of epochs for all trials, also where the number of epochs is searched."""
    match ranges.get(EPOCHS):
        case NumberRange(high=high):
            return max(default, int(high))
        case Choices(values=values):
            return max(default, *map(int, values))
    return default


def check_data_are_current(key: str, params: Mapping[str, Any]) -> None:
    """Raise UserError unless download and validate are up to date. Nothing is run."""
    from stages.cli.datasets.chain_states import chain_states  # imports DVC
    from stages.core.dvc.dvc_errors import dvc_errors
    from stages.core.dvc.repository import Repository

    with dvc_errors():
        repository = Repository()
        repository.read_stages()
        [state] = chain_states(repository, params, [key])
    stale = [f"{name}@{key}" for name in ("download", "validate") if name in state.to_run]
    if stale:
        raise UserError(f"{format_examples(stale)} would run: trials need current data; first `restage run {key}`")
