"""The files of a dataset, in the working tree or at a revision."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from stages.core.errors import UserError
from stages.notebook.files.working_folder import in_folder

_STAGE_COMMAND = re.compile(r"`dvc repro [^`]*`")


class DatasetFiles(Protocol):
    def find(self, path: Path) -> Path:
        """An absolute path of the content of this output of a stage, a file or a folder."""

    def model_folder(self) -> Path:
        """An absolute path of a folder with the files of the model at their paths in the repository.

        Raises UserError if there is no model.
        """

    def explain_errors(self) -> AbstractContextManager[None]:
        """Messages of the block about a file say what to do here."""


class WorkingTreeFiles:
    def __init__(self, root: Path, key: str) -> None:
        self._root, self._key = root, key

    def find(self, path: Path) -> Path:
        return self._root / path

    def model_folder(self) -> Path:
        from stages.cli.predict.last_run import check_last_run  # imports Hydra

        with in_folder(self._root):
            check_last_run(self._key)
        return self._root

    @contextmanager
    def explain_errors(self) -> Iterator[None]:
        """Readers of files name the one stage that makes a file again; here the whole chain has to fit together."""
        try:
            yield
        except UserError as error:
            command = f"`restage run {self._key}`"
            raise UserError(*(_STAGE_COMMAND.sub(command, text) for text in error.messages)) from None
