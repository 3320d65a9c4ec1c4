"""Every mistake in the composed parameters at once, each with its file, key and way out."""

import re
from pathlib import Path

from pydantic import ValidationError

from stages.config.compose import Composed
from stages.config.schema import SECTIONS, Suite
from stages.config.source_lines import origin, place_of
from stages.core.errors import ErrorList, UserError, format_examples
from stages.core.paths import CONF, check_key
from stages.core.validation_errors import ParameterError, dotted_path, parameter_errors, type_adapter

GLOBAL = re.compile(r"^# *@package +_global_ *$", re.MULTILINE)


def check(composed: Composed, conf: Path = CONF) -> Suite:
    """`conf` is the folder that was composed, or the file that the parameters were read from."""
    _check_suite(composed, conf)
    _check_keys(composed, conf)
    try:
        suite: Suite = type_adapter(Suite).validate_python(composed.params)
        return suite
    except ValidationError as error:
        raise UserError(*_told(parameter_errors(Suite, error), composed, conf)) from None


def _check_suite(composed: Composed, conf: Path) -> None:
    """Two slips in a suite's first lines, each of which would make everything in it look wrong."""
    file = conf / "suite" / f"{composed.choices.get('suite')}.yaml"
    if file.is_file() and not GLOBAL.search(file.read_text(encoding="utf-8")):
        raise UserError(f"{file}:1: the first line of a suite is `# @package _global_`, without which it says nothing")
    datasets = composed.params.get("datasets")
    if isinstance(datasets, dict) and datasets and datasets.keys() <= set(SECTIONS):
        place = place_of("datasets", [file]) or conf
        named = format_examples(datasets)
        raise UserError(f"{place}: {named} are a dataset's sections; give it a name: `/dataset@datasets.NAME: file`")


def _check_keys(composed: Composed, conf: Path) -> None:
    """Keys enter command lines and paths, so they are held to a small alphabet before anything else."""
    datasets, errors = composed.params.get("datasets"), ErrorList()
    for key in datasets if isinstance(datasets, dict) else ():
        try:
            check_key(str(key))
        except UserError as mistake:
            errors.add(f"{place_of(f'datasets.{key}', sorted(conf.rglob('*.yaml'))) or conf}: {mistake}")
    errors.raise_if_any()


def _told(found: list[ParameterError], composed: Composed, conf: Path) -> list[str]:
    """One sentence for a mistake in a file that several datasets share."""
    same: dict[tuple[str, str], list[str]] = {}
    for problem in found:
        place = origin(problem.keys, composed.choices, conf)
        same.setdefault((place, problem.text), []).append(dotted_path(problem.keys))
    return [f"{place}: {format_examples(keys)}: {text}" for (place, text), keys in same.items()]
