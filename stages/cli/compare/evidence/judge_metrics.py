"""The changes of all metrics of a dataset, each with what tells it from noise."""

from collections.abc import Mapping, Sequence

from stages.cli.compare.comparison import (
    BootstrapEvidence,
    Evidence,
    McNemarEvidence,
    MetricChange,
    Result,
    SeedsEvidence,
)
from stages.cli.compare.evidence.recorded_results import RecordedResults
from stages.cli.compare.evidence.resampled_interval import NoEvidenceError
from stages.cli.compare.evidence.significance import CONFIDENCE, compare_seeds
from stages.cli.compare.facts.tracked_metrics import better_direction
from stages.core.rounding import round_difference, round_significant

# Nothing that is stored for each row gives them.
WITHOUT_ROWS = ("loss", "coverage")


def metric_changes(
    base: Mapping[str, float], head: Mapping[str, float], headline: str, results: RecordedResults
) -> list[MetricChange]:
    """Those of the metrics that differ; the headline is first. With several seeds, their means alone can differ."""
    names = [name for name in dict.fromkeys([*base, *head]) if base.get(name) != head.get(name)]
    if headline in base and headline in head and headline not in names and _means_differ(results):
        names.append(headline)
    changes = [_change(name, base.get(name), head.get(name), name == headline) for name in names]
    judged = [_judge(change, results) for change in changes]
    return sorted(judged, key=lambda change: not change.headline)


def _means_differ(results: RecordedResults) -> bool:
    """Also if they are not known."""
    if not results.may_differ_by_seeds:
        return False
    if results.evaluations is None:
        return True
    base, head = (record.seeds for record in results.evaluations)
    return base is not None and head is not None and base.mean != head.mean


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


def _judge(change: MetricChange, results: RecordedResults) -> MetricChange:
    if change.result != "differs":
        return change
    if change.better is None:
        return change.model_copy(update={"not_judged": "no direction of it is better"})
    if change.headline and results.may_differ_by_seeds and results.evaluations is None:
        return change.model_copy(update={"result": "not known", "not_judged": "the means over seeds are not known"})
    if (seeds := _seeds_evidence(change, results)) is not None:
        return _judge_by_seeds(change, seeds, results)
    if _has_several_seeds(results):
        return change.model_copy(update={"not_judged": "of several seeds, only the headline metric is judged"})
    evidence, reason = _row_evidence(change, results)
    if not evidence:
        return change.model_copy(update={"not_judged": reason})
    assert change.improvement is not None
    return change.model_copy(update={"evidence": evidence, "result": result_of(change.improvement, evidence)})


def _judge_by_seeds(change: MetricChange, seeds: SeedsEvidence, results: RecordedResults) -> MetricChange:
    """The spread over seeds is no measure of chance where other rows were measured, or where no seed differs.

    There, the rows of the first seed have to give the same result.
    """
    difference = seeds.means[1] - seeds.means[0]
    improvement = round_difference(difference if change.better == "higher" else -difference, seeds.means[0])
    result, of_rows, reason = result_of(improvement, [seeds]), list[Evidence](), ""
    if result != "within noise" and (seeds.limit == 0 or not results.same_rows):
        of_rows, reason = _row_evidence(change, results)
        assert change.improvement is not None
        if not of_rows:
            result = "differs"
        elif result_of(change.improvement, of_rows) != result:
            result = "within noise"
    evidence = [seeds, *of_rows]
    return change.model_copy(
        update={"improvement": improvement, "evidence": evidence, "result": result, "not_judged": reason}
    )


def _seeds_evidence(change: MetricChange, results: RecordedResults) -> SeedsEvidence | None:
    if not change.headline or results.evaluations is None:
        return None
    base, head = results.evaluations
    if base.seeds is None or head.seeds is None or base.headline_name != head.headline_name:
        return None
    return compare_seeds(base.seeds, head.seeds)


def _has_several_seeds(results: RecordedResults) -> bool:
    """Then the rows of the first seed's model alone would not tell whether a metric differs."""
    if results.evaluations is None:
        return results.several_seeds
    return all(record.seeds is not None for record in results.evaluations)


def _row_evidence(change: MetricChange, results: RecordedResults) -> tuple[list[Evidence], str]:
    """The evidence, or why there is none."""
    target, _, metric = change.name.rpartition(".")
    if metric in WITHOUT_ROWS:
        return [], "the stored predictions do not give it"
    if results.rows is None:
        return [], "the predictions are not known"
    assert change.base is not None
    assert change.head is not None
    try:
        return results.rows.evidence(target or results.rows.only_target(), metric, (change.base, change.head)), ""
    except NoEvidenceError as error:
        results.add_unknown(change.name, error)
        return [], str(error)
    except LookupError as error:
        results.add_unknown("predictions", error)
        return [], "the predictions are not known"


def result_of(improvement: float, evidence: Sequence[Evidence]) -> Result:
    """The first evidence decides: McNemar's test where there is one, since it is exact for few rows too."""
    if improvement == 0 or not _is_beyond_noise(improvement, evidence[0]):
        return "within noise"
    return "better" if improvement > 0 else "worse"


def _is_beyond_noise(improvement: float, evidence: Evidence) -> bool:
    match evidence:
        case SeedsEvidence(limit=limit):
            return abs(improvement) > limit
        case McNemarEvidence(p_value=p_value):
            return p_value < 1 - CONFIDENCE
        case BootstrapEvidence(interval=(lowest, highest)):
            return lowest > 0 if improvement > 0 else highest < 0
