"""Splits the files that all datasets share, such as a suite, into what each dataset has of them and the rest."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hydra.core.default_element import ConfigDefault, GroupDefault, InputDefault
from hydra.plugins.config_source import ConfigResult
from omegaconf import DictConfig, OmegaConf

DATASETS = "datasets"
# Stands for the place of an entry in the defaults list of a shared file; no file of conf/ can have this name.
PLACE = "\0place"
_KEY = re.compile(r"[a-z0-9_]+")
_PACKAGE = re.compile(rf"{DATASETS}\.([a-z0-9_]+)(?:\..+)?")


class NeedsWholeCompositionError(Exception):
    """A dataset cannot be composed alone, since something in conf/ may depend on another dataset."""


@dataclass(frozen=True)
class OwnedEntry:
    """An entry of a defaults list. `key` is the dataset that it belongs to, or None."""

    key: str | None
    default: InputDefault


class SharedFile:
    """A file as Hydra read it, whose parts for each dataset are known."""

    def __init__(self, path: str, result: ConfigResult) -> None:
        self.path = path
        self._result = result
        self.entries = [_owned(default) for default in result.defaults_list or ()]
        _check_order(self.entries)
        self.content = _plain_content(result)
        self.datasets: Mapping[str, Any] = self.content.get(DATASETS, {})
        self._common = [index for index, entry in enumerate(self.entries) if entry.key is None]
        self._of_dataset: dict[str, list[int]] = {}
        for index, entry in enumerate(self.entries):
            if entry.key is not None:
                self._of_dataset.setdefault(entry.key, []).append(index)

    @property
    def keys(self) -> dict[str, None]:
        """The datasets that the file names."""
        return dict.fromkeys([*self._of_dataset, *self.datasets])

    def for_dataset(self, key: str) -> ConfigResult:
        """As if the file had this dataset alone. In front of each of its entries is the place of the entry."""
        defaults: list[InputDefault] = []
        for index in sorted([*self._common, *self._of_dataset.get(key, ())]):
            entry = self.entries[index]
            if entry.key is not None and not entry.default.is_override():
                defaults.append(_place(self.path, self.number(key, index)))
            defaults.append(entry.default)
        return self._with(self._content_for(key), defaults)

    def without_datasets(self) -> ConfigResult:
        """As if the file had no dataset, but the place of each entry that it has."""
        defaults = [
            entry.default if entry.key is None else _place(self.path, index)
            for index, entry in enumerate(self.entries)
            if entry.key is None or not entry.default.is_override()
        ]
        return self._with(self._content_for(None), defaults)

    def number(self, key: str, index: int) -> int:
        """Which of the entries of the dataset this is: it does not change if another dataset is added."""
        return self._of_dataset[key].index(index)

    def index(self, key: str, number: int) -> int:
        return self._of_dataset[key][number]

    def description_for(self, key: str) -> str:
        """Equal texts compose to equal values."""
        entries = [self.entries[index].default for index in sorted([*self._common, *self._of_dataset.get(key, ())])]
        content = self._content_for(key)
        return repr((self.path, self._result.header, entries, content)) if entries or content else ""

    def _content_for(self, key: str | None) -> dict[Any, Any]:
        content = dict(self.content)
        if key is not None and key in self.datasets:
            content[DATASETS] = {key: self.datasets[key]}
        elif key is not None:
            content.pop(DATASETS, None)
        elif DATASETS in content:
            content[DATASETS] = {}
        return content

    def _with(self, content: dict[Any, Any], defaults: list[InputDefault]) -> ConfigResult:
        return ConfigResult(
            provider=self._result.provider,
            path=self._result.path,
            config=OmegaConf.create(content),
            header=self._result.header,
            defaults_list=defaults,
        )


def empty_result(path: str) -> ConfigResult:
    """What is read at the place of an entry."""
    return ConfigResult(provider="", path=path, config=OmegaConf.create(), header={"package": None}, defaults_list=[])


def place_of(config_path: str) -> tuple[str, int] | None:
    """The file and the number of the entry, if the path is the place of one."""
    if not config_path.startswith(PLACE):
        return None
    _, number, path = config_path.split("/", 2)
    return path, int(number)


def check_no_interpolation(defaults: list[InputDefault] | None) -> None:
    """The defaults list may name the choice of another dataset."""
    if "${" in repr(defaults):
        raise NeedsWholeCompositionError


def _place(path: str, number: int) -> ConfigDefault:
    return ConfigDefault(path=f"/{PLACE}/{number}/{path}")


def _owned(default: InputDefault) -> OwnedEntry:
    package = default.package if isinstance(default, GroupDefault) else None
    found = _PACKAGE.fullmatch(package) if package else None
    return OwnedEntry(found[1] if found else None, default)


def _check_order(entries: list[OwnedEntry]) -> None:
    """Hydra refuses an entry behind an override. In the list of one dataset, it might not be seen."""
    seen = False
    for entry in entries:
        if entry.default.is_self():
            continue
        if seen and not entry.default.is_override():
            raise NeedsWholeCompositionError
        seen = seen or entry.default.is_override()


def _plain_content(result: ConfigResult) -> dict[Any, Any]:
    if not isinstance(result.config, DictConfig) or result.config._is_none() or result.config._is_missing():
        raise NeedsWholeCompositionError
    content = OmegaConf.to_container(result.config, resolve=False)
    if not isinstance(content, dict):
        raise NeedsWholeCompositionError
    datasets = content.get(DATASETS, {})
    if not isinstance(datasets, dict) or not all(_is_key(key) for key in datasets):
        raise NeedsWholeCompositionError
    return dict(content)


def _is_key(key: object) -> bool:
    return isinstance(key, str) and _KEY.fullmatch(key) is not None


def keys_of(files: Mapping[str, SharedFile]) -> Iterator[str]:
    """The datasets that any of the files names, each once."""
    yield from dict.fromkeys(key for file in files.values() for key in file.keys)
