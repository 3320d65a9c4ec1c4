"""The journal of a study: a line of JSON for each finished trial.

While a round runs, they are in the order in which trials end. When it has ended, they are in the order of their
numbers, so that the journal of a study is the same whatever workers it had.
"""

import os
from pathlib import Path

from pydantic import ValidationError

from stages.cli.tune.study import TrialRecord
from stages.core.errors import UserError
from stages.core.files.atomic_write import explain_write_errors, write_text


class Journal:
    """`trials` are those that have finished, by number."""

    def __init__(self, path: Path, trials: dict[int, TrialRecord]) -> None:
        self.path, self.trials = path, trials

    def add(self, trial: TrialRecord) -> None:
        """The trial is on the disk when this returns."""
        # One call without a buffer: a kill may leave a part of the line, which the next opening removes.
        with explain_write_errors(self.path), self.path.open("ab", buffering=0) as file:
            file.write(_line(trial).encode())
            os.fsync(file.fileno())
        self.trials[trial.number] = trial

    def sort(self) -> None:
        """Put the trials in the order of their numbers. A kill leaves the file as it was, or sorted."""
        numbers = sorted(self.trials)
        if list(self.trials) != numbers:
            self.trials = {number: self.trials[number] for number in numbers}
            write_text(self.path, "".join(map(_line, self.trials.values())))


def open_journal(path: Path) -> Journal:
    """Read the journal, and remove a last line that was not written whole."""
    with explain_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b", buffering=0) as file:
            file.seek(0)
            content = file.read()
            whole = content.rfind(b"\n") + 1
            file.truncate(whole)
    return Journal(path, read_trials(content[:whole], path))


def read_trials(content: bytes, path: Path) -> dict[int, TrialRecord]:
    trials: dict[int, TrialRecord] = {}
    for number, line in enumerate(content.splitlines(), 1):
        try:
            trial = TrialRecord.model_validate_json(line)
        except ValidationError:
            raise UserError(f"{path}:{number}: damaged; remove the file to start the study anew") from None
        trials[trial.number] = trial
    return trials


def _line(trial: TrialRecord) -> str:
    return trial.model_dump_json() + "\n"
