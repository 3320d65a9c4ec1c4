"""Checks that params.yaml is what conf/ composes to, and writes what the stages read. All stages depend on it."""

from collections.abc import Container, Mapping
from typing import Any

from stages.config.check_parameters import check_parameters
from stages.config.compose_conf import Composition, compose
from stages.config.schema import Suite
from stages.core import paths
from stages.core.artefacts.records.record import record_text
from stages.core.artefacts.records.suite_datasets import DatasetTitle, SuiteRecord
from stages.core.errors import UserError, format_examples
from stages.core.params import read_params
from stages.core.runtime.atomic_write import remove
from stages.core.runtime.stage import in_experiment
from stages.core.runtime.stage_outputs import StageOutputs
from stages.core.validation_errors import dotted_path
from stages.guard.copy_accepted_profiles import copy_accepted_profiles
from stages.guard.write_dataset_params import write_dataset_params

_ABSENT = object()


def guard(outputs: StageOutputs) -> None:
    """Check params.yaml, then write what other stages read: parameters, accepted profiles, titles.

    Raises UserError if params.yaml is stale or has errors. In an experiment it differs from conf/ on purpose.
    """
    params = read_params()
    if in_experiment():
        suite = check_parameters(Composition(params, {}), paths.PARAMS)
    else:
        composed = compose()
        suite = check_parameters(composed)
        check_up_to_date(params, composed.params)
    remove_results_of_other_datasets(suite.datasets)
    copy_accepted_profiles(suite.datasets, outputs)
    write_dataset_params(params["datasets"], outputs)
    outputs.write_text(paths.SUITE, record_text(suite_record(suite)))


def remove_results_of_other_datasets(keys: Container[str]) -> None:
    """Remove what a dataset that left the suite has in the folders that summary depends on.

    DVC hashes these folders as they are: a file that no stage of the suite makes would get into dvc.lock, and no other
    clone could reproduce the hash. DVC's cache keeps the content.
    """
    for folder in (paths.EVALUATION, paths.VALIDATION):
        for file in folder.glob("*.json"):
            if file.stem not in keys:
                remove(file)


def suite_record(suite: Suite) -> SuiteRecord:
    titles = [DatasetTitle(key=key, title=dataset.report.title) for key, dataset in suite.datasets.items()]
    return SuiteRecord(suite=suite.suite, datasets=titles)


def check_up_to_date(written: Mapping[str, Any], composed: Mapping[str, Any]) -> None:
    """Raise UserError with the keys whose values differ. Layout and comments may differ."""
    changed = differences(written, composed)
    if changed:
        raise UserError(
            f"{paths.PARAMS} is not what conf/ composes to ({format_examples(changed)}); run `restage compose`"
        )


def differences(left: Any, right: Any, at: tuple[str | int, ...] = ()) -> list[str]:
    """The keys whose values or types differ.

    >>> differences({"a": {"b": 1}, "c": 2}, {"a": {"b": 3}})
    ['a.b', 'c']
    """
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        keys = sorted({*left, *right}, key=str)
        return [d for k in keys for d in differences(left.get(k, _ABSENT), right.get(k, _ABSENT), (*at, k))]
    return [] if type(left) is type(right) and left == right else [dotted_path(at)]
