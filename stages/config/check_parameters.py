"""Checks composed parameters and reports all errors together, each with its file, line and key."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from stages.config.checks.column_names import column_name_errors
from stages.config.checks.composed_size_and_secrets import check_composed_secrets
from stages.config.checks.conf_files import GLOBAL_PACKAGE, is_global
from stages.config.checks.correct_datasets import correct_datasets
from stages.config.checks.gate_metrics import gate_errors
from stages.config.checks.own_model_sources import check_model_sources
from stages.config.checks.positive_class_names import positive_class_parameter_errors
from stages.config.compose_conf import EXPORTS, Composition
from stages.config.schema import SECTIONS, Suite
from stages.config.source_lines import find_key, find_word
from stages.core.errors import ErrorList, UserError, format_examples
from stages.core.parameters.validation_errors import (
    MISSING,
    Keys,
    ParameterError,
    dotted_path,
    format_value,
    parameter_errors,
    type_adapter,
)
from stages.core.paths import CONF, check_key


def check_parameters(composition: Composition, conf: Path = CONF) -> Suite:
    """The typed parameters. Raises UserError with all errors.

    `conf` is the folder that was composed, or the file that the parameters were read from.
    """
    check_composed_secrets(composition.params, composition.choices, conf)
    _check_suite_file(composition, conf)
    _check_dataset_keys(composition, conf)
    try:
        params = {key: value for key, value in composition.params.items() if key != EXPORTS}
        suite: Suite = type_adapter(Suite).validate_python(params)
    except ValidationError as error:
        found = parameter_errors(Suite, error)
        raise _located([*found, *_errors_of_the_rest(params, found)], composition, conf) from None
    _check_exports(composition, suite, conf)
    if errors := _errors_between_keys(suite):
        raise _located(errors, composition, conf)
    check_model_sources(suite, composition.choices, conf)
    return suite


def _errors_of_the_rest(params: Mapping[str, Any], found: Sequence[ParameterError]) -> list[ParameterError]:
    """What was not looked for, since pydantic found these errors first."""
    datasets = correct_datasets(params.get("datasets"), found)
    if not datasets:
        return []
    rest = {"suite": "rest", "datasets": datasets}
    try:
        return _errors_between_keys(type_adapter(Suite).validate_python(rest))
    except ValidationError as error:
        more = parameter_errors(Suite, error)
        return [*more, *_errors_of_the_rest(rest, more)]


def _errors_between_keys(suite: Suite) -> list[ParameterError]:
    return [*column_name_errors(suite), *positive_class_parameter_errors(suite), *gate_errors(suite)]


def _check_exports(composition: Composition, suite: Suite, conf: Path) -> None:
    """An experiment has none, since Hydra alone composes there."""
    exports = composition.params.get(EXPORTS)
    expected: dict[str, dict[str, str]] = {
        key: {} for key, dataset in suite.datasets.items() if dataset.export is not None
    }
    if exports is not None and exports != expected:
        raise UserError(
            f"{find_key((EXPORTS,), composition.choices, conf)}: {EXPORTS} is written by `restage compose`, from the "
            f"datasets that have an export; received {format_value(exports)}; remove it, and give the datasets "
            "`export: {}`"
        )


def _located(errors: Sequence[ParameterError], composition: Composition, conf: Path) -> UserError:
    """An error in a file that several datasets use is reported once."""
    keys: dict[tuple[str, str], list[str]] = {}
    for found in errors:
        source = find_key(found.keys, composition.choices, conf)
        if found.text.startswith(MISSING):
            source = _file_that_lacks(found.keys, source, composition, conf)
        keys.setdefault((source, found.text), []).append(dotted_path(found.keys))
    return UserError(*(f"{source}: {format_examples(names)}: {text}" for (source, text), names in keys.items()))


def _file_that_lacks(keys: Keys, source: str, composition: Composition, conf: Path) -> str:
    """The dataset's own file, if it lacks a key of a section that is only in a file that datasets share."""
    # The keys are datasets, the dataset, the section, and the missing one.
    of_section = 1 < len(keys) <= len(("datasets", "key", "section", "missing"))
    name = composition.choices.get(f"dataset@datasets.{keys[1]}") if of_section else None
    file = conf / "dataset" / f"{name}.yaml"
    shared = Path(source).parent.name not in ("dataset", "suite", conf.name)
    return str(file) if name is not None and shared and file.is_file() else source


def _check_suite_file(composition: Composition, conf: Path) -> None:
    """Two errors in the first lines of a suite, each of which would be reported as an error in every dataset."""
    file = conf / "suite" / f"{composition.choices.get('suite')}.yaml"
    if file.is_file() and not is_global(file):
        raise UserError(f"{file}:1: the first line of a suite must be `{GLOBAL_PACKAGE}`")
    datasets = composition.params.get("datasets")
    if isinstance(datasets, dict) and datasets and datasets.keys() <= set(SECTIONS):
        raise UserError(
            f"{find_word('datasets', [file]) or conf}: {format_examples(datasets)} are sections of a dataset; name the "
            "dataset: `/dataset@datasets.NAME: file`"
        )


def _check_dataset_keys(composition: Composition, conf: Path) -> None:
    """Keys become part of command lines and paths, so they are checked before anything else."""
    datasets, errors = composition.params.get("datasets"), ErrorList()
    for key in datasets if isinstance(datasets, dict) else ():
        try:
            check_key(str(key))
        except UserError as error:
            errors.add(f"{find_word(f'datasets.{key}', sorted(conf.rglob('*.yaml'))) or conf}: {error}")
    errors.raise_if_any()
