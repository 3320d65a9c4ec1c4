"""What the command prints of a study: a line for each trial, and a summary at the end."""

from collections.abc import Mapping, Sequence

from stages.cli.tune.objective import Objective
from stages.cli.tune.study import BestAgainstDefault, StudyResult, TrialRecord
from stages.evaluate.metrics.target_metrics import CLASS_METRICS, POSITIVE_CLASS_METRICS
from stages.evaluate.metrics.weighted_metrics import PREFIX
from stages.report.rendering.format_text import count

# They count or rank rows, so that few rows have few values and trials are often equal.
COARSE_METRICS = {*CLASS_METRICS, *POSITIVE_CLASS_METRICS, "pr_auc", "roc_auc"}


class StudyProgress:
    """Prints a line for each trial, in the order in which trials end."""

    def __init__(self, objective: Objective, trials: int, finished: Mapping[int, TrialRecord]) -> None:
        self.objective, self.trials = objective, trials
        self.seen = dict(finished)

    def report(self, trial: TrialRecord, seconds: float) -> None:
        self.seen[trial.number] = trial
        print(self.line(trial, seconds), flush=True)

    def line(self, trial: TrialRecord, seconds: float) -> str:
        name = f"trial {trial.number} ({len(self.seen)} of {self.trials})"
        if trial.state == "failed":
            return f"{name}: failed: {trial.error}"
        ended = f"stopped after epoch {trial.epochs}" if trial.state == "stopped" else f"{trial.epochs} epochs"
        best = best_trial(list(self.seen.values()), self.objective.better)
        so_far = "" if best is None else f"; best {best.value:g} (trial {best.number})"
        return f"{name}: {self.objective.name} {trial.value:g}, {ended}, {seconds:.1f} s{so_far}"


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
        lines += default_is_best(result)
    else:
        lines += [f"best: trial {result.best}", *_values(best, default)]
        if result.comparisons:
            lines += ["", *_table(result.comparisons), *chance_on_test_rows(result)]
    if result.importance:
        largest_first = sorted(result.importance.items(), key=lambda item: -item[1])
        shares = ", ".join(f"{path} {share:.0%}" for path, share in largest_first)
        lines += ["", f"importance: {shares}"]
    return lines


def default_is_best(result: StudyResult) -> list[str]:
    """The value of the default in one line, and in another one the trials that are equally good, if there are some."""
    values = ", ".join(f"{found.default:g} on {found.rows} {found.split} rows" for found in result.comparisons)
    measured = f": {result.metric} {values}" if values else ""
    lines = [f"no trial was better than the parameters of conf/{measured}"]
    if result.ties:
        lines.append(ties_sentence(result))
    return lines


def ties_sentence(result: StudyResult) -> str:
    """How many there are, and which metric may tell them apart."""
    trials = count(result.ties, "other trial")
    equal = f"{trials} {'has' if result.ties == 1 else 'have'} the same {result.metric}"
    start, metric = _split_prefix(result.metric)
    if metric not in COARSE_METRICS:
        return equal
    return f"{equal}; `evaluate.headline: {start}log_loss` may rank them"


def _split_prefix(metric: str) -> tuple[str, str]:
    """
    >>> _split_prefix("kind.weighted_accuracy"), _split_prefix("accuracy")
    (('kind.weighted_', 'accuracy'), ('', 'accuracy'))
    """
    name = metric.rpartition(".")[2].removeprefix(PREFIX)
    return metric.removesuffix(name), name


def chance_on_test_rows(result: StudyResult) -> list[str]:
    """A line if the test rows do not show that the best trial is better."""
    for found in result.comparisons:
        if found.split == "test" and found.may_be_chance:
            reason = "there is none" if found.improvement <= 0 else "its interval contains 0"
            return [f"the improvement may be chance: on the test rows {reason}"]
    return []


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
        lines.append("the validation rows chose the best trial, so their improvement is too favourable")
    return lines


def next_steps(result: StudyResult, page: str) -> list[str]:
    lines = [f"page: {page}"]
    if result.best:
        lines.append(f"`{result.apply_command}` writes the best into conf/")
    return lines
