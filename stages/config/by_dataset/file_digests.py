"""The content of files, as a hash: what was composed is kept as long as the files that were read stay the same."""

import hashlib
from pathlib import Path


class FileDigests:
    """The hash of each file of conf/ by the name that a defaults list has for it; None if there is no such file."""

    def __init__(self, conf: Path) -> None:
        self._conf = conf
        self._known: dict[str, str | None] = {}

    def of(self, config_path: str) -> str | None:
        """A file is read once, though several datasets ask."""
        if config_path not in self._known:
            self._known[config_path] = self._read(config_path)
        return self._known[config_path]

    def file(self, config_path: str) -> Path:
        return Path(self._conf, config_path if config_path.endswith(".yaml") else f"{config_path}.yaml")

    def are_still_true(self) -> bool:
        """Whether no file changed since its content was hashed."""
        return all(self._read(path) == digest for path, digest in self._known.items())

    def _read(self, config_path: str) -> str | None:
        file = self.file(config_path)
        if ".." in file.parts:
            return None  # it is refused
        return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None
