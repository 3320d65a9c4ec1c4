"""conf/ composed dataset by dataset: the same result as Hydra's composition of all of them together."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.core.default_element import ResultDefault
from omegaconf import OmegaConf

from stages.config.by_dataset.compose_dataset import (
    Choices,
    ComposedDataset,
    Place,
    Shared,
    compose_dataset,
    compose_shared,
    top_level_key,
)
from stages.config.by_dataset.composed_cache import ComposedCache
from stages.config.by_dataset.conf_repository import ConfFiles
from stages.config.by_dataset.file_digests import FileDigests
from stages.config.by_dataset.shared_files import DATASETS, NeedsWholeCompositionError, SharedFile, keys_of, place_of
from stages.core.errors import UserError


@dataclass(frozen=True)
class ComposedByDataset:
    params: dict[str, Any]
    choices: Choices
    text: str


def compose_by_dataset(conf: Path, root: str) -> ComposedByDataset:
    """Raises UserError with the mistakes of several datasets, and NeedsWholeCompositionError if that is needed."""
    files = ConfFiles(conf, FileDigests(conf))
    shared: Shared | None = None
    composed, errors = dict[str, ComposedDataset](), dict[str, UserError]()
    try:
        shared = compose_shared(files, root)
    except UserError as error:
        errors[""] = error  # the datasets may have more mistakes
    shared_files = {path: file for path, file in files.shared.items() if file is not None}
    cache = ComposedCache(conf, files.digests)
    for key in keys_of(shared_files):
        description = "".join(file.description_for(key) for file in shared_files.values())
        try:
            composed[key] = cache.find(key, description) or compose_dataset(files, root, key, shared)
        except UserError as error:
            errors[key] = error
        else:
            cache.keep(key, description, composed[key])
    if errors or shared is None:
        raise UserError(*_distinct_messages(errors))
    cache.write()
    return _join(shared, shared_files, composed)


def _distinct_messages(errors: Mapping[str, UserError]) -> list[str]:
    """Those of the datasets by their keys. A mistake in a file that several of them use is reported once.

    >>> _distinct_messages({key: UserError(f"a.yaml:1: datasets.{key}.x: no") for key in ("iris", "wine")})
    ['a.yaml:1: datasets.iris.x: no']
    """
    found: dict[str, str] = {}
    for key, error in errors.items():
        for message in error.messages:
            found.setdefault(re.sub(rf"\b{DATASETS}\.{key}\b", DATASETS, message), message)
    return list(found.values())


def _join(
    shared: Shared, files: Mapping[str, SharedFile], composed: Mapping[str, ComposedDataset]
) -> ComposedByDataset:
    """All datasets in the order in which Hydra merges their files."""
    present = _in_order(shared, files, {key: each for key, each in composed.items() if each.params})
    keys = _top_level_keys(shared, files, present)
    if {*keys} != {*shared.params, *([DATASETS] if present else [])}:
        raise NeedsWholeCompositionError
    params = {key: shared.params.get(key) for key in keys}
    texts = {key: OmegaConf.to_yaml(OmegaConf.create({key: value})) for key, value in params.items()}
    if present:
        params[DATASETS] = {key: value for each in present.values() for key, value in each.params.items()}
        texts[DATASETS] = f"{DATASETS}:\n{''.join(each.text for each in present.values())}"
    choices = dict(shared.choices)
    for each in composed.values():
        choices |= each.choices
    return ComposedByDataset(params, choices, "".join(texts.values()) or "{}\n")


def _in_order(
    shared: Shared, files: Mapping[str, SharedFile], composed: Mapping[str, ComposedDataset]
) -> dict[str, ComposedDataset]:
    order = {_place(element): position for position, element in enumerate(shared.order)}

    def position(key: str) -> tuple[int, int]:
        path, number = composed[key].place or ("", None)
        file = files[path]
        index = None if number is None else file.index(key, number)
        return order[path, index], list(file.datasets).index(key) if index is None else 0

    return {key: composed[key] for key in sorted(composed, key=position)}


def _place(element: ResultDefault) -> Place:
    path = str(element.config_path)
    return place_of(path) or (path, None)


def _top_level_keys(
    shared: Shared, files: Mapping[str, SharedFile], present: Mapping[str, ComposedDataset]
) -> list[str]:
    """In the order in which Hydra finds them."""
    entries = {
        (each.place[0], files[each.place[0]].index(key, each.place[1]))
        for key, each in present.items()
        if each.place is not None and each.place[1] is not None
    }
    keys = dict[str, None]()
    for element in shared.order:
        path, index = _place(element)
        if index is not None:
            keys |= {DATASETS: None} if (path, index) in entries else {}
        else:
            top_level = top_level_key(element)
            keys |= {top_level: None} if top_level else dict.fromkeys(map(str, files[path].content))
    return list(keys)
