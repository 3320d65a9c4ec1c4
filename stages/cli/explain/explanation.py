"""What `restage explain` finds: the content of `--json`."""

from typing import Annotated, Any, Literal

from pydantic import Field

from stages.core.artefacts.records.record import Record

# `may run`: only if the output of a stage before it, which runs, comes out different.
Result = Literal["up to date", "runs", "restored", "may run"]


class ValueChange(Record):
    """A parameter by its full name; `old_set` and `new_set` tell a value that is not set from one that is null."""

    name: str
    old: Any = None
    new: Any = None
    old_set: bool = True
    new_set: bool = True


class FileChange(Record):
    """`commit` is the last one that changed the file; None if the change is not committed.

    `imported_by` is the chain of modules by which the stage imports it, the stage first; None if it does not.
    """

    path: str
    change: Literal["changed", "added", "removed"]
    commit: str | None = None
    subject: str | None = None
    imported_by: list[str] | None = None


class ParametersReason(Record):
    kind: Literal["parameters"] = "parameters"
    values: list[ValueChange]


class FilesReason(Record):
    """A file or folder in git that the stage reads: code, or conf/ for the guard.

    `recorded` is the commit that has the content which the stage read; None if no commit that was searched has it. Then
    `files` are those that are not committed.
    """

    kind: Literal["code", "conf", "accepted profile", "own model", "refresh record", "file"]
    dependency: str
    recorded: str | None
    files: list[FileChange]


class LockedVersionsReason(Record):
    """`versions` are those of packages, by name; empty if the recorded file is in no commit that was searched."""

    kind: Literal["locked versions"] = "locked versions"
    dependency: str
    versions: list[ValueChange]
    files: list[FileChange]


class SuiteReason(Record):
    """Datasets that the suite has gained or lost, or whose title or source changed."""

    kind: Literal["suite"] = "suite"
    added: list[str]
    removed: list[str]
    changed: list[str]


class InputReason(Record):
    """An output of another stage that is not what this stage read the last time."""

    kind: Literal["input"] = "input"
    path: str
    stage: str


class RemovedResultsReason(Record):
    """Results of datasets that are not in the suite, which a run removes from a folder that the stage reads."""

    kind: Literal["removed results"] = "removed results"
    files: list[str]


class MissingReason(Record):
    """A dependency that is not there, and that no stage makes."""

    kind: Literal["missing"] = "missing"
    path: str


class OutputReason(Record):
    kind: Literal["output"] = "output"
    path: str
    state: Literal["deleted", "changed", "not in the cache"]


class CommandReason(Record):
    kind: Literal["command"] = "command"
    old: str
    new: str


class DeclarationReason(Record):
    """What dvc.yaml declares, and dvc.lock does not record."""

    kind: Literal["declaration"] = "declaration"
    added: Literal["dependency", "output"]
    path: str


class NeverRanReason(Record):
    kind: Literal["never ran"] = "never ran"


class AlwaysRunsReason(Record):
    """dvc.yaml says so, or the stage has no dependencies."""

    kind: Literal["always runs"] = "always runs"


Reason = Annotated[
    ParametersReason
    | FilesReason
    | LockedVersionsReason
    | SuiteReason
    | InputReason
    | RemovedResultsReason
    | MissingReason
    | OutputReason
    | CommandReason
    | DeclarationReason
    | NeverRanReason
    | AlwaysRunsReason,
    Field(discriminator="kind"),
]


class StageExplanation(Record):
    """`waits_for` are the stages before it whose output is not known yet.

    `seconds` is how long the stage took when this clone last ran it.
    """

    stage: str
    result: Result
    reasons: list[Reason] = []
    waits_for: list[str] = []
    seconds: float | None = None

    @property
    def name(self) -> str:
        return self.stage.partition("@")[0]

    @property
    def key(self) -> str | None:
        return self.stage.partition("@")[2] or None


class Explanation(Record):
    """In the order of a serial run, with those that are up to date. `unknown` says what could not be found out."""

    stages: list[StageExplanation]
    unknown: list[str] = []

    def with_result(self, *results: Result) -> list[StageExplanation]:
        return [stage for stage in self.stages if stage.result in results]
