"""Writes the values of the best trial into the file of the dataset, and checks that they arrive."""

from collections.abc import Iterable, Mapping
from difflib import unified_diff
from pathlib import Path
from typing import Any

from stages.cli.datasets.compose_changes import composed_changes
from stages.cli.datasets.suite_files import dataset_file, files_that_build_on
from stages.cli.tune.apply.check_applied import check_applied
from stages.cli.tune.apply.edit_yaml import has_key, with_value
from stages.cli.tune.ranges.parameter_paths import keys_of_path, with_values
from stages.cli.tune.study import Choices, StudyResult
from stages.cli.tune.yaml_text import read_value
from stages.config.check_parameters import check_parameters
from stages.config.compose_conf import Composition
from stages.config.compose_conf import compose as compose_conf
from stages.config.schema import SECTIONS
from stages.config.source_lines import find_key
from stages.core.errors import ErrorList, UserError, format_examples
from stages.core.files.atomic_write import write_text
from stages.core.parameters.validation_errors import Keys
from stages.core.paths import CONF


def apply_best(result: StudyResult) -> None:
    """Change conf/dataset, compose, and print the lines that changed. The file stays as it is if anything fails."""
    best, composition = best_values(result), compose_conf()
    file = own_file(result.key, composition)
    values = changed_values(result.key, best, composition)
    if not values:
        print(f"{file}: has the values of trial {result.best} already; nothing was changed")
        return
    wanted = with_values(composition.params["datasets"][result.key], values)
    before = _read(file)
    after = edited_text(before, file, wanted, values)
    with composed_changes([file]):
        write_text(file, after)
        changed = check_applied(result.key, wanted, file)
    _print_changes(file, before, after)
    _print_next(result.key, file, other_datasets(result.key, file, composition, changed))


def best_values(result: StudyResult) -> dict[str, Any]:
    """The values of the best trial by their paths; those of choices are read from their texts."""
    best = next((trial for trial in result.trials if trial.number == result.best), None)
    if best is None or best.state != "complete":
        raise UserError(
            f"{result.key}: no trial is complete, so there are no values to apply; see why the trials failed"
        )
    return {
        path: read_value(value) if isinstance(result.ranges.get(path), Choices) and isinstance(value, str) else value
        for path, value in best.values.items()
    }


def own_file(key: str, composition: Composition) -> Path:
    """The file of conf/dataset that the suite composes the dataset from."""
    datasets = composition.params.get("datasets") or {}
    if key not in datasets:
        raise UserError(f"{key}: not in the suite of this clone; run `restage add {key}`")
    name = composition.choices.get(f"dataset@datasets.{key}")
    if name is None:
        where = find_key(("datasets", key), composition.choices, CONF)
        raise UserError(f"{where}: {key} has no file in conf/dataset; write the values there by hand")
    return dataset_file(name)


def changed_values(key: str, values: Mapping[str, Any], composition: Composition) -> dict[str, Any]:
    """Those that differ from the values in conf/, or from the default if conf/ has none."""
    written = composition.params["datasets"][key]
    with_defaults = check_parameters(composition).datasets[key].model_dump(by_alias=True)
    return {
        path: value
        for path, value in values.items()
        if value not in (_value(written, keys_of_path(path)), _value(with_defaults, keys_of_path(path)))
    }


def edited_text(text: str, file: Path, wanted: Mapping[str, Any], paths: Iterable[str]) -> str:
    """The text of the file with the wanted values at these paths. Raises UserError with all errors."""
    errors = ErrorList()
    for path in paths:
        with errors.collect():
            text = _with_value(text, file, keys_of_path(path), wanted)
    errors.raise_if_any()
    return text


def _with_value(text: str, file: Path, keys: Keys, wanted: Mapping[str, Any]) -> str:
    """An item of a list that is not in this file is set with its whole list, since a list replaces an inherited one."""
    later = SECTIONS[SECTIONS.index(str(keys[0])) + 1 :]
    items = [depth for depth, key in enumerate(keys) if isinstance(key, int)]
    if items and not has_key(text, keys[: items[0]]):
        keys = keys[: items[0]]
    return with_value(text, keys, _value(wanted, keys), file, later)


_ABSENT = object()


def _value(content: Any, keys: Keys) -> Any:
    for key in keys:
        try:
            content = content[key]
        except (LookupError, TypeError):
            return _ABSENT
    return content


def _read(file: Path) -> str:
    """With its own line ends. Hydra has read the file before, so that it is text."""
    return file.read_bytes().decode()


def other_datasets(key: str, file: Path, before: Composition, after: Composition) -> list[str]:
    """The other datasets that changed: those of the suite, then those that build on the file and are not in it."""
    old, new = before.params["datasets"], after.params["datasets"]
    in_suite = [other for other in new if other != key and new[other] != old[other]]
    return in_suite + [each.stem for each in files_that_build_on(file.stem) if each.stem not in new]


def _print_changes(file: Path, before: str, after: str) -> None:
    """As `git diff` shows them, without the lines around."""
    lines = list(unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))
    print(f"{file}:")
    print("\n".join(line for line in lines[2:] if not line.startswith("@@")))


def _print_next(key: str, file: Path, others: list[str]) -> None:
    if others:
        print(f"{format_examples(others)}: built on {file} too, so that {'it' if len(others) == 1 else 'they'} changed")
    print(f"next: restage run {' '.join([key, *others])}")
