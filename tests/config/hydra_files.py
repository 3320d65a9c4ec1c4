"""Hydra's own configuration files, read once for all compositions of a test process: that is half of composing."""

from collections.abc import Iterator
from contextlib import contextmanager

from hydra._internal.config_repository import ConfigRepository, ConfigResult


@contextmanager
def files_of_hydra_read_once() -> Iterator[None]:
    """As Hydra itself keeps them during one composition. Files of conf/ are read each time."""
    read, results = ConfigRepository.load_config, dict[str, ConfigResult | None]()

    def read_once(repository: ConfigRepository, config_path: str) -> ConfigResult | None:
        if not config_path.startswith("hydra/"):
            return read(repository, config_path)
        if config_path not in results:
            results[config_path] = read(repository, config_path)
        return results[config_path]

    ConfigRepository.load_config = read_once
    try:
        yield
    finally:
        ConfigRepository.load_config = read
