"""What the command prints of a study: a line for each trial, and a summary at the end."""

from collections.abc import Mapping, Sequence

from stages.cli.tune.objective import Objective
from stages.cli.tune.study import BestAgainstDefault, StudyResult, TrialRecord


class StudyProgress:
    """Prints a line for each trial, in the order in which trials end."""

    def __init__(self, objective: Objective, trials: int, finished: Mapping[int, TrialRecord]) -> None:
        self.objective, self.trials = objective, trials
        self.seen = dict(finished)

    def report(self, trial: TrialRecord) -> None:
        self.seen[trial.number] = trial
        print(self.line(trial), flush=True)

    def line(self, trial: TrialRecord) -> str:
        name = f"trial {trial.number} ({len(self.seen)} of {self.trials})"
        if trial.state == "failed":
            return f"{name}: failed: {trial.error}"
        ended = f"stopped after epoch {trial.epochs}" if trial.state == "stopped" else f"{trial.epochs} epochs"
        best = best_trial(list(self.seen.values()), self.objective.better)
        so_far = "" if best is None else f"; best {best.value:g} (trial {best.number})"
        return f"{name}: {self.objective.name} {trial.value:g}, {ended}, {trial.seconds:.1f} s{so_far}"


def best_trial(trials: Sequence[TrialRecord], better: str) -> TrialRecord | None:
    """The complete trial with the best value; of equal ones, that with the lowest number."""
    complete = sorted((trial for trial in trials if trial.state == "complete"), key=lambda trial: trial.number)
    sign = -1 if better == "higher" else 1
    return min(complete, key=lambda trial: sign * (trial.value or 0.0), default=None)


def describe_result(result: StudyResult) -> list[str]:
    """The lines of the summary."""
    states = [trial.state for trial in result.trials]
    best, default = (next(t for t in result.trials if t.number == number) for number in (result.best, 0))
    counts = ", ".join(f"{states.count(state)} {state}" for state in ("complete", "stopped", "failed"))
    lines = ["", f"{result.key}: {len(states)} trials ({counts}) by {result.metric}, {result.better} is better"]
    if result.best == 0:
        lines.append("no trial was better than the parameters of conf/ on the validation rows")
    else:
        lines += [f"best: trial {result.best}", *_values(best, default)]
    if result.comparisons:
        lines += ["", *_table(result.comparisons)]
    if result.importance:
        largest_first = sorted(result.importance.items(), key=lambda item: -item[1])
        shares = ", ".join(f"{path} {share:.0%}" for path, share in largest_first)
        lines += ["", f"importance: {shares}"]
    return lines


def _values(best: TrialRecord, default: TrialRecord) -> list[str]:
    width = max(map(len, best.values))
    return [
        f"  {path:<{width}}  {value}" + _default_of(default.values.get(path), value)
        for path, value in best.values.items()
    ]


def _default_of(default: float | int | str | None, value: float | int | str) -> str:
    if default == value:
        return "  as in conf/"
    return "" if default is None else f"  (conf/: {default})"


def _table(comparisons: Sequence[BestAgainstDefault]) -> list[str]:
    """
    >>> found = BestAgainstDefault(split="test", rows=30, default=0.9, best=1.0, improvement=0.1,
    ...     interval=(0.0, 0.2), resamples=1000)
    >>> print(*_table([found]), sep="\\n")
    rows             conf/      best       improvement and 95% interval
    30 test          0.9        1          +0.1 [+0, +0.2]
    """
    lines = [f"{'rows':<16} {'conf/':<10} {'best':<10} improvement and 95% interval"]
    for found in comparisons:
        low, high = found.interval or (0.0, 0.0)
        interval = f" [{low:+.3g}, {high:+.3g}]" if found.interval else ", too few rows for one"
        rows = f"{found.rows} {found.split}"
        lines.append(f"{rows:<16} {found.default:<10g} {found.best:<10g} {found.improvement:+.3g}{interval}")
    if any(found.split == "validation" for found in comparisons):
        lines.append("the validation rows chose the best trial, so that their improvement is too favourable")
    return lines


def next_steps(result: StudyResult, page: str) -> list[str]:
    lines = [f"page: {page}"]
    if result.best:
        lines.append(f"`{result.apply_command}` writes the best into conf/")
    return lines
