"""Reads conf/ for Hydra, and checks each file before Hydra has it. Files that no defaults list names are not read."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePath

from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra.core.plugins import Plugins
from hydra.plugins.config_source import ConfigResult
from yaml import YAMLError

from stages.config.checks.defaults_limits import check_inclusions
from stages.config.checks.hidden_inputs_and_secrets import FileValue, hidden_inputs, read_values, secrets
from stages.config.checks.yaml_size_limits import check_size_limits
from stages.config.composition_errors import included_files
from stages.config.fast_yaml import fast_yaml, is_read_alike
from stages.core.errors import UserError


class ConfSource(FileConfigSource):  # type: ignore[misc]
    """Hydra's reader of files under the scheme conf://; it keeps the files that were read, and their values."""

    def __init__(self, provider: str, path: str) -> None:
        super().__init__(provider, path)
        self.values: dict[Path, list[FileValue]] = {}
        # Whether all files together may include one another only so often.
        self.limits_inclusions = True
        self.included: dict[Path, list[Path]] = {}

    def __deepcopy__(self, memo: object) -> "ConfSource":
        """Hydra reads with a copy; what that has read must be known here."""
        return self

    @staticmethod
    def scheme() -> str:
        return "conf"

    def load_config(self, config_path: str) -> ConfigResult:
        """Raises UserError if the file lies outside conf/, or if reading it would take too long."""
        if ".." in PurePath(config_path).parts:
            raise UserError(f"{self.path}: a defaults list names {config_path}; copy that file into {self.path}/")
        file = Path(self.path, self._normalize_file_name(config_path))
        if file not in self.values and file.is_file():
            self.values[file] = []
            check_size_limits([file])
            with suppress(YAMLError, UnicodeDecodeError):  # Hydra reports them
                self.values[file] = read_values(file)
                self.included[file] = list(included_files(file, Path(self.path)))
            if self.limits_inclusions:
                check_inclusions(self.files[0], self.included)
            _check_settings_of_hydra(self.values[file])
        with suppress(YAMLError, UnicodeDecodeError):
            if file.is_file() and is_read_alike(file.read_text(encoding="utf-8")):
                with fast_yaml():
                    return super().load_config(config_path)
        return super().load_config(config_path)  # its message is the one that is explained

    @property
    def files(self) -> list[Path]:
        """Those that were read."""
        return [*self.values]

    def check_values(self, files: Iterable[Path] | None = None) -> None:
        """Raise UserError with all hidden inputs and secrets in these files, or in all that were read."""
        values = [value for file in (self.files if files is None else files) for value in self.values.get(file, ())]
        messages = [message for value in values for message in (*hidden_inputs(value), *secrets(value))]
        if messages:
            raise UserError(*dict.fromkeys(messages))


def _check_settings_of_hydra(values: list[FileValue]) -> None:
    """hydra.searchpath, for one, adds folders whose files nobody checks."""
    wrong = [value for value in values if value.keys == () and value.text == "hydra"]
    if wrong:
        raise UserError(*(f"{value}hydra: settings of Hydra itself are not used; remove them" for value in wrong))


Plugins.instance().register(ConfSource)
