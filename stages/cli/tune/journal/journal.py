"""The journal of a study: a line of JSON for each finished trial, in the order in which they ended."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from stages.cli.tune.study import TrialRecord
from stages.core.errors import UserError
from stages.core.files.atomic_write import explain_write_errors


class Journal:
    """`trials` are those that have finished, by number."""

    def __init__(self, path: Path, file: IO[bytes], trials: dict[int, TrialRecord]) -> None:
        self.path, self._file = path, file
        self.trials = trials

    def add(self, trial: TrialRecord) -> None:
        """The trial is on the disk when this returns."""
        # One call without a buffer: a kill may leave a part of the line, which the next opening removes.
        with explain_write_errors(self.path):
            self._file.write(trial.model_dump_json().encode() + b"\n")
            os.fsync(self._file.fileno())
        self.trials[trial.number] = trial


@contextmanager
def open_journal(path: Path) -> Iterator[Journal]:
    """Read the journal, remove a last line that was not written whole, and keep the file open for more."""
    with explain_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b", buffering=0) as file:
            file.seek(0)
            content = file.read()
            whole = content.rfind(b"\n") + 1
            file.truncate(whole)
            yield Journal(path, file, read_trials(content[:whole], path))


def read_trials(content: bytes, path: Path) -> dict[int, TrialRecord]:
    trials: dict[int, TrialRecord] = {}
    for number, line in enumerate(content.splitlines(), 1):
        try:
            trial = TrialRecord.model_validate_json(line)
        except ValidationError:
            raise UserError(f"{path}:{number}: damaged; remove the file to start the study anew") from None
        trials[trial.number] = trial
    return trials
