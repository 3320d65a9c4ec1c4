"""conf/ as Hydra reads it for one dataset: each file is read once for all datasets, and shared files are reduced."""

from collections.abc import Sequence
from pathlib import Path

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.config_repository import CachingConfigRepository
from hydra._internal.utils import create_config_search_path
from hydra.plugins.config_source import ConfigResult

from stages.config.by_dataset.file_digests import FileDigests
from stages.config.by_dataset.shared_files import SharedFile, check_no_interpolation, empty_result, place_of
from stages.config.checks.defaults_limits import check_inclusions
from stages.config.hydra_conf_reader import ConfSource


class ConfFiles:
    """What was read of conf/ so far. `shared` are the files that all datasets share; None stands for a missing one."""

    def __init__(self, conf: Path, digests: FileDigests) -> None:
        self.conf = conf
        self.digests = digests
        self.loader = ConfigLoaderImpl(create_config_search_path(f"{ConfSource.scheme()}://{conf}"))
        [self.source] = (source for source in self.loader.get_sources() if isinstance(source, ConfSource))
        self.source.limits_inclusions = False  # of all datasets together
        self.repository = CachingConfigRepository(self.loader.repository)
        self.shared: dict[str, SharedFile | None] = {}
        self._errors: dict[str, Exception] = {}

    def load(self, config_path: str) -> ConfigResult | None:
        """A file that was refused is refused again, for the next dataset that uses it."""
        if config_path in self._errors:
            raise self._errors[config_path]
        self.digests.of(config_path)  # before Hydra reads the file
        try:
            result = self.repository.load_config(config_path)
        except Exception as error:
            self._errors[config_path] = error
            raise
        check_no_interpolation(result.defaults_list if result is not None else None)
        return result

    @property
    def shared_files(self) -> list[Path]:
        return [self.file(path) for path, file in self.shared.items() if file is not None]

    def file(self, config_path: str) -> Path:
        return self.digests.file(config_path)

    def check_inclusions(self, config_paths: Sequence[str]) -> None:
        """Raise UserError if these files, of which the last was read now, include one another too often."""
        read = dict.fromkeys(map(self.digests.file, config_paths))
        included = {file: [part for part in self.source.included.get(file, ()) if part in read] for file in read}
        inner = {part for parts in included.values() for part in parts}
        # The folder stands for what includes the outermost files.
        check_inclusions(self.conf, {self.conf: [file for file in read if file not in inner], **included})


class SharedRepository(CachingConfigRepository):  # type: ignore[misc]
    """The files that all datasets share, without the datasets."""

    def __init__(self, files: ConfFiles) -> None:
        super().__init__(files.loader.repository)
        self.files = files

    def load_config(self, config_path: str) -> ConfigResult | None:
        if place_of(config_path):
            return empty_result(config_path)
        files = self.files
        if config_path not in files.shared:
            result = files.load(config_path)
            files.shared[config_path] = SharedFile(config_path, result) if result is not None else None
            files.check_inclusions([path for path, shared in files.shared.items() if shared is not None])
        found = files.shared[config_path]
        return found.without_datasets() if found is not None else None


class DatasetRepository(CachingConfigRepository):  # type: ignore[misc]
    """The files of one dataset, and of the shared files what they have of it. `own` are those that are not shared,
    also a missing one and one that cannot be read.
    """

    def __init__(self, files: ConfFiles, key: str) -> None:
        # Not by the base class, which copies what reads the files: that takes a tenth of the time for a dataset.
        self.delegate, self.cache = files.repository.delegate, dict[str, ConfigResult | None]()
        self.files, self.key = files, key
        self.own: dict[str, None] = {}
        self._reduced: dict[str, ConfigResult] = {}

    def load_config(self, config_path: str) -> ConfigResult | None:
        if place_of(config_path):
            return empty_result(config_path)
        if config_path in self.files.shared:
            return self._shared(config_path)
        if config_path in self.own:
            return self.files.load(config_path)
        self.own[config_path] = None
        result = self.files.load(config_path)
        self.files.check_inclusions([*self.own])
        return result

    def _shared(self, config_path: str) -> ConfigResult | None:
        shared = self.files.shared[config_path]
        if shared is None:
            return None
        if config_path not in self._reduced:
            self._reduced[config_path] = shared.for_dataset(self.key)
        return self._reduced[config_path]
