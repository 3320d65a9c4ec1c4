"""What the command and its workers send each other: a line of JSON each."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from stages.cli.tune.objective import Objective
from stages.cli.tune.study import BestAgainstDefault, TrialState
from stages.core.artefacts.records.record import Record

# The parameters of preprocess and train.
Sections = dict[str, dict[str, Any]]


# In the folder of a study: processed data of a large table.
PROCESSED = "processed"


class StudySetup(Record):
    """What all trials of a study have in common. `rows` identifies the rows that all must be measured on.

    `folder` is for files that a process of this study needs, in the repository that it runs in.
    """

    key: str
    raw: Path
    evaluate: dict[str, Any]
    objective: Objective
    rows: str
    folder: Path

    @property
    def own_code(self) -> Path:
        return self.folder / "own_code"

    @property
    def processed(self) -> Path:
        return self.folder / PROCESSED


class TrialTask(Record):
    """A training to run. It ends after a rung at which its value is behind the limit."""

    kind: Literal["trial"] = "trial"
    number: int
    sections: Sections
    rungs: list[int] = []
    limits: dict[int, float] = {}


class ComparisonTask(Record):
    """The default and the best parameters, to be trained and measured on validation and test rows."""

    kind: Literal["comparison"] = "comparison"
    default: Sections
    best: Sections


Task = TrialTask | ComparisonTask
TASK: TypeAdapter[Task] = TypeAdapter(Annotated[Task, Field(discriminator="kind")])


class _Result(Record):
    """`ends_worker`: the process ends after this result, and another one takes the next task."""

    error: str | None = None
    ends_worker: bool = False


class TrialResult(_Result):
    """See TrialRecord."""

    kind: Literal["trial"] = "trial"
    state: TrialState
    value: float | None = None
    epochs: int = 0
    best_epoch: int | None = None
    rungs: dict[int, float] = {}
    seconds: float = 0.0


class ComparisonResult(_Result):
    """`error` says why there are no comparisons."""

    kind: Literal["comparison"] = "comparison"
    comparisons: list[BestAgainstDefault] = []


Result = TrialResult | ComparisonResult
RESULT: TypeAdapter[Result] = TypeAdapter(Annotated[Result, Field(discriminator="kind")])


def failed_result(task: Task, reason: str, ends_worker: bool = False) -> Result:
    if isinstance(task, ComparisonTask):
        return ComparisonResult(error=reason, ends_worker=ends_worker)
    return TrialResult(state="failed", error=reason, ends_worker=ends_worker)
