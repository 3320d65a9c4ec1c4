"""Composes one dataset with Hydra, or what no dataset has, and finds out whether that can be done alone."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from hydra._internal.config_repository import IConfigRepository
from hydra._internal.defaults_list import DefaultsList, create_defaults_list
from hydra.core.default_element import ResultDefault
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf._utils import get_omega_conf_dumper
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from stages.config.by_dataset.conf_repository import ConfFiles, DatasetRepository, SharedRepository
from stages.config.by_dataset.own_interpolations import own_interpolations
from stages.config.by_dataset.shared_files import DATASETS, NeedsWholeCompositionError, place_of
from stages.config.checks.composed_size_and_secrets import check_composed_values
from stages.config.checks.interpolation_limits import limited_interpolations
from stages.config.composition_errors import explain_composition_error
from stages.core.errors import UserError

COMPOSITION_ERRORS = (HydraException, OmegaConfBaseException, YAMLError, OSError, RecursionError, ValueError)
Choices = dict[str, str]
# A shared file, and the number of the dataset's entry in it, or None for what the file itself sets.
Place = tuple[str, int | None]


@dataclass(frozen=True)
class Shared:
    """What no dataset has. `order` has the files and the places of datasets, as Hydra merges them."""

    params: dict[str, Any]
    choices: Choices
    order: tuple[ResultDefault, ...]
    overrides: Mapping[str, Any]


@dataclass(frozen=True)
class ComposedDataset:
    """`params` has one key, the dataset's; it is empty if the suite names the dataset and then leaves it out.

    `files` are those that only this dataset was composed from, by the names that defaults lists have for them.
    """

    params: dict[str, Any]
    choices: Choices
    place: Place | None
    text: str
    files: tuple[str, ...]


def compose_shared(files: ConfFiles, root: str) -> Shared:
    """Raises UserError, or NeedsWholeCompositionError."""
    with _explained_errors(files, None) as choices:
        repository = SharedRepository(files)
        found = _defaults_list(repository, root)
        files.source.check_values(files.shared_files)
        order = tuple(found.defaults)
        paths = [str(element.config_path) for element in order]
        if len(paths) != len(set(paths)) or any(top_level_key(element) == DATASETS for element in order):
            raise NeedsWholeCompositionError
        merged = _merge(files, repository, order)
        choices.update(_choices(found))
        params = _resolve(merged)
    return Shared(params, dict(choices), order, found.overrides.override_choices)


def compose_dataset(files: ConfFiles, root: str, key: str, shared: Shared | None) -> ComposedDataset:
    """Raises UserError, or NeedsWholeCompositionError. `shared` is None if there is a mistake in it."""
    repository = DatasetRepository(files, key)
    with _explained_errors(files, repository) as choices:
        found = _defaults_list(repository, root)
        files.source.check_values(map(files.file, repository.own))
        if shared is not None:
            _check_is_alone(files, key, found, shared)
        merged = _merge(files, repository, found.defaults)
        choices.update(_choices(found))
        params = _resolve(merged).get(DATASETS, {})
        own = {name: value for name, value in params.items() if name == key}
        check_composed_values({DATASETS: own}, choices, files.conf)
    own_choices = {group: name for group, name in choices.items() if shared is None or group not in shared.choices}
    return ComposedDataset(
        params=own,
        choices=own_choices,
        place=_first_place(files, key, found.defaults),
        text=dataset_text(own),
        files=tuple(repository.own),
    )


def dataset_text(params: Mapping[str, Any]) -> str:
    """The lines of the dataset in params.yaml.

    >>> dataset_text({"iris": {"train": {"epochs": 5}}})
    '  iris:\\n    train:\\n      epochs: 5\\n'
    """
    # What OmegaConf.to_yaml does with plain values; making a configuration of them first takes as long again.
    text = yaml.dump(
        {DATASETS: dict(params)},
        default_flow_style=False,
        allow_unicode=True,
        sort_keys=False,
        Dumper=get_omega_conf_dumper(),
    )
    return str(text).partition("\n")[2] if params else ""


@contextmanager
def _explained_errors(files: ConfFiles, repository: DatasetRepository | None) -> Iterator[Choices]:
    """Turn errors of Hydra into UserError. The block fills the choices as soon as the parameters are composed."""
    choices: Choices = {}
    with limited_interpolations() as counter, own_interpolations(repository and repository.key) as interpolations:
        try:
            yield choices
        except COMPOSITION_ERRORS as error:
            if interpolations.are_outside or counter.problem:
                raise NeedsWholeCompositionError from None
            read = _files_read(files, repository)
            files.source.check_values(read)
            raise UserError(explain_composition_error(error, choices, files.conf, read)) from None
        if interpolations.are_outside or counter.problem:
            raise NeedsWholeCompositionError


def _files_read(files: ConfFiles, repository: DatasetRepository | None) -> list[Path]:
    if repository is None:
        return files.source.files
    read = {*files.shared_files, *map(files.file, repository.own)}
    return [file for file in files.source.files if file in read]


def _defaults_list(repository: IConfigRepository, root: str) -> DefaultsList:
    return create_defaults_list(
        repo=repository, config_name=root, overrides_list=[], prepend_hydra=False, skip_missing=False
    )


def _choices(found: DefaultsList) -> Choices:
    """As Hydra keeps them in its own settings, where a value is a text."""
    return {group: str(name) for group, name in found.overrides.known_choices.items()}


def _merge(files: ConfFiles, repository: IConfigRepository, order: Sequence[ResultDefault]) -> DictConfig:
    elements = [element for element in order if place_of(str(element.config_path)) is None]
    merged: DictConfig = files.loader._compose_config_from_defaults_list(defaults=elements, repo=repository)
    return merged


def _resolve(merged: DictConfig) -> dict[str, Any]:
    params = OmegaConf.to_container(merged, resolve=True)
    assert isinstance(params, dict)
    return {str(key): value for key, value in params.items()}


def top_level_key(element: ResultDefault) -> str:
    """Of what the file is put under; empty if its own keys are those of params.yaml."""
    return re.split(r"[.\[]", element.package or "")[0]


def _check_is_alone(files: ConfFiles, key: str, found: DefaultsList, shared: Shared) -> None:
    """Raise NeedsWholeCompositionError if the dataset changes what others have, or has more than its own part."""
    own_package = re.compile(rf"{DATASETS}\.{key}(\..+)?")
    elements = [element for element in found.defaults if place_of(str(element.config_path)) is None]
    common = [element for element in elements if element.config_path in files.shared]
    own = [element for element in elements if element.config_path not in files.shared]
    expected = [element for element in shared.order if place_of(str(element.config_path)) is None]
    if (
        [(e.config_path, e.package) for e in common] != [(e.config_path, e.package) for e in expected]
        or not all(own_package.fullmatch(element.package or "") for element in own)
        or not _are_own(key, _choices(found), shared.choices)
        or not _are_own(key, found.overrides.override_choices, shared.overrides)
    ):
        raise NeedsWholeCompositionError


def _are_own(key: str, chosen: Mapping[str, Any], of_all: Mapping[str, Any]) -> bool:
    """Whether the choices are those of all datasets, and others within the dataset."""
    own = re.compile(rf"[^@]+@{DATASETS}\.{key}(\..+)?")
    return all(chosen.get(group) == name for group, name in of_all.items()) and all(
        group in of_all or own.fullmatch(group) for group in chosen
    )


def _first_place(files: ConfFiles, key: str, order: Sequence[ResultDefault]) -> Place | None:
    """Where the dataset is first mentioned, in the order in which Hydra merges the files."""
    place = None
    for element in order:
        path = str(element.config_path)
        if (entry := place_of(path)) is not None:
            place = entry
        elif (file := files.shared.get(path)) is None:
            return place
        elif key in file.datasets:
            return path, None
    return None
