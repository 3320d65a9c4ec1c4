"""The changes of all metrics of a dataset, each with what tells it from noise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from stages.cli.compare.comparison import (
    BootstrapEvidence,
    Evidence,
    McNemarEvidence,
    MetricChange,
    Result,
    SeedsEvidence,
)
from stages.cli.compare.evidence.compare_rows import ComparedRows, NoEvidenceError, compare_rows
from stages.cli.compare.evidence.predicted_rows import read_output_record, read_predicted_rows
from stages.cli.compare.evidence.significance import CONFIDENCE, compare_seeds
from stages.cli.compare.facts.tracked_metrics import better_direction
from stages.cli.revisions.snapshot import Snapshot, UnavailableOutputError
from stages.core import paths
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.rounding import round_difference, round_significant

# Nothing that is stored for each row gives them.
WITHOUT_ROWS = ("loss", "coverage")


@dataclass
class Results:
    """The results of a dataset at two revisions, read when they are first needed.

    `reasons` collects why something cannot be said, each with what that is.
    """

    base: Snapshot
    head: Snapshot
    key: str
    reasons: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def evaluations(self) -> tuple[EvaluationRecord, EvaluationRecord] | None:
        path = paths.evaluation(self.key)
        try:
            return (
                read_output_record(EvaluationRecord, self.base, path),
                read_output_record(EvaluationRecord, self.head, path),
            )
        except LookupError as error:
            self.add_unknown("evaluation records", error)
            return None

    @cached_property
    def rows(self) -> ComparedRows | None:
        try:
            return compare_rows(read_predicted_rows(self.base, self.key), read_predicted_rows(self.head, self.key))
        except LookupError as error:
            self.add_unknown("predictions", error)
            return None

    def add_unknown(self, what: str, error: LookupError) -> None:
        reason = error.reason if isinstance(error, UnavailableOutputError) else str(error)
        of_reason = self.reasons.setdefault(reason, [])
        if what not in of_reason:
            of_reason.append(what)

    @property
    def unknown(self) -> list[str]:
        return [f"{', '.join(what)}: {reason}" for reason, what in self.reasons.items()]


def metric_changes(
    base: Mapping[str, float], head: Mapping[str, float], headline: str, results: Results
) -> list[MetricChange]:
    """Those of the metrics that differ; the headline is first."""
    names = [name for name in dict.fromkeys([*base, *head]) if base.get(name) != head.get(name)]
    changes = [_change(name, base.get(name), head.get(name), name == headline) for name in names]
    judged = [_judge(change, results) for change in changes]
    return sorted(judged, key=lambda change: not change.headline)


def _change(name: str, base: float | None, head: float | None, headline: bool) -> MetricChange:
    better = better_direction(name)
    if base is None or head is None:
        result: Result = "new" if base is None else "removed"
        return MetricChange(
            name=name, headline=headline, better=better, base=base, head=head,
            change=None, relative=None, improvement=None, result=result,
        )  # fmt: skip
    change = round_difference(head - base, base)
    return MetricChange(
        name=name,
        headline=headline,
        better=better,
        base=base,
        head=head,
        change=change,
        relative=round_significant((head - base) / abs(base)) if base else None,
        improvement=None if better is None else change if better == "higher" else round_difference(base - head, base),
        result="differs",
    )


def _judge(change: MetricChange, results: Results) -> MetricChange:
    target, _, metric = change.name.rpartition(".")
    if change.result != "differs" or change.better is None:
        return change
    if (seeds := _seeds_evidence(change, results)) is not None:
        means = seeds.means[1] - seeds.means[0]
        improvement = round_difference(means if change.better == "higher" else -means, seeds.means[0])
        return change.model_copy(
            update={"improvement": improvement, "evidence": [seeds], "result": result_of(improvement, [seeds])}
        )
    if metric in WITHOUT_ROWS or _has_several_seeds(results):
        return change
    evidence = _row_evidence(change, target, metric, results)
    if not evidence:
        return change
    assert change.improvement is not None
    return change.model_copy(update={"evidence": evidence, "result": result_of(change.improvement, evidence)})


def _seeds_evidence(change: MetricChange, results: Results) -> SeedsEvidence | None:
    if not change.headline or results.evaluations is None:
        return None
    base, head = results.evaluations
    if base.seeds is None or head.seeds is None or base.headline_name != head.headline_name:
        return None
    return compare_seeds(base.seeds, head.seeds)


def _has_several_seeds(results: Results) -> bool:
    """Then the rows of the first seed's model alone would not tell whether a metric differs."""
    return results.evaluations is not None and all(record.seeds is not None for record in results.evaluations)


def _row_evidence(change: MetricChange, target: str, metric: str, results: Results) -> list[Evidence]:
    if results.rows is None:
        return []
    assert change.base is not None
    assert change.head is not None
    try:
        return results.rows.evidence(
            target or next(iter(results.rows.base.fitted.targets)), metric, (change.base, change.head)
        )
    except NoEvidenceError as error:
        results.add_unknown(change.name, error)
    except LookupError as error:
        results.add_unknown("predictions", error)
    return []


def result_of(improvement: float, evidence: list[Evidence]) -> Result:
    """The first evidence decides: McNemar's test where there is one, since it is exact for few rows too."""
    if not _is_beyond_noise(improvement, evidence[0]):
        return "within noise"
    return "better" if improvement > 0 else "worse"


def _is_beyond_noise(improvement: float, evidence: Evidence) -> bool:
    match evidence:
        case SeedsEvidence(limit=limit):
            return abs(improvement) > limit
        case McNemarEvidence(p_value=p_value):
            return p_value < 1 - CONFIDENCE
        case BootstrapEvidence(interval=(lowest, highest)):
            return lowest > 0 or highest < 0
