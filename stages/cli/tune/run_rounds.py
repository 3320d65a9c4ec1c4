"""Runs the trials of a study, round by round, and keeps each in the journal."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stages.cli.tune.journal.journal import Journal
from stages.cli.tune.ranges.parameter_paths import with_values
from stages.cli.tune.search.halving import limits_at_rungs
from stages.cli.tune.search.propose_trials import propose_round, round_numbers
from stages.cli.tune.study import Better, Choices, Range, TrialRecord, Values
from stages.cli.tune.workers.messages import Result, Sections, Task, TrialResult, TrialTask
from stages.cli.tune.yaml_text import read_value
from stages.core.errors import UserError

# Yields each task with its result, in the order in which they end.
RunTasks = Callable[[Sequence[Task]], Iterator[tuple[Task, Result]]]
# Gets each trial when it ends, and how many seconds it took.
Report = Callable[[TrialRecord, float], None]


@dataclass(frozen=True)
class Study:
    """What the rounds of a study have in common. `default` has the values of conf/, which trial 0 has."""

    ranges: Mapping[str, Range]
    sections: Sections
    default: Values
    rungs: Sequence[int]
    better: Better
    seed: int

    def sections_with(self, values: Values) -> Sections:
        """The parameters of preprocess and train of a trial; those of conf/ as they are, for trial 0."""
        return self.sections if values == self.default else trial_sections(self.sections, self.ranges, values)


def run_rounds(study: Study, trials: int, journal: Journal, run: RunTasks, report: Report) -> list[TrialRecord]:
    """The first `trials` trials of the study in the order of their numbers, or fewer.

    There are fewer if all combinations were tried, or if `run` gives no result for a task, since the time is over.
    """
    done: list[TrialRecord] = []
    while len(done) < trials:
        number = len(done) // len(round_numbers(0))
        numbers = [each for each in round_numbers(number) if each < trials]
        proposed = propose_round(number, study.ranges, study.default, done, study.better, study.seed)
        values = dict(zip(numbers, proposed, strict=False))
        check_journal(journal, values)
        _run_round(study, number, values, done, journal, run, report)
        finished = [journal.trials[each] for each in values if each in journal.trials]
        done += finished
        if len(finished) < len(round_numbers(0)):
            break
    return done


def _run_round(
    study: Study,
    number: int,
    values: Mapping[int, Values],
    earlier: Sequence[TrialRecord],
    journal: Journal,
    run: RunTasks,
    report: Report,
) -> None:
    """Run the trials of a round that are not in the journal. Trial 0 is never stopped."""
    limits = limits_at_rungs(study.rungs, earlier, study.better)
    tasks = [
        TrialTask(
            number=each,
            sections=study.sections_with(values[each]),
            rungs=list(study.rungs),
            limits=limits if each else {},
        )
        for each in values
        if each not in journal.trials
    ]
    for task, result in run(tasks):
        assert isinstance(task, TrialTask)
        assert isinstance(result, TrialResult)
        record = trial_record(task.number, number, values[task.number], result)
        journal.add(record)
        report(record, result.seconds)
    journal.sort()


def check_journal(journal: Journal, values: Mapping[int, Values]) -> None:
    """Raise UserError if a trial of the journal has other values than the study gives it."""
    for number, expected in values.items():
        if number in journal.trials and journal.trials[number].values != expected:
            raise UserError(f"{journal.path}: trial {number} has other values than this study; remove the file")


def trial_record(number: int, round_number: int, values: Values, result: TrialResult) -> TrialRecord:
    content = result.model_dump(exclude={"kind", "ends_worker", "seconds"})
    return TrialRecord(number=number, round=round_number, values=values, **content)


def trial_sections(sections: Sections, ranges: Mapping[str, Range], values: Values) -> Sections:
    """The parameters with the values of a trial; a value that is not there is as in conf/."""
    changes: dict[str, Any] = {
        path: read_value(str(value)) if isinstance(ranges[path], Choices) else value for path, value in values.items()
    }
    return with_values(sections, changes)
