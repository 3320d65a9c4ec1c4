"""The measured rows of two revisions beside each other: whether they are the same, and the evidence that they give."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.cli.compare.comparison import Evidence, MeasuredRows
from stages.cli.compare.evidence.predicted_rows import PredictedRows, PredictedTarget
from stages.cli.compare.evidence.resampled_interval import NoEvidenceError, resample_improvements
from stages.cli.compare.evidence.significance import mcnemar
from stages.evaluate.metrics.forecast_metrics import mean_absolute_scaled_error
from stages.evaluate.metrics.probability_metrics import UndefinedMetricError
from stages.evaluate.metrics.target_metrics import FORECAST_METRICS

Array = NDArray[Any]
# A share of a truth, or of the spread of its column, whichever is larger.
TRUTH_TOLERANCE = 1e-5


@dataclass(frozen=True)
class ComparedRows:
    """`head_order` has for each sample of base that of head with the same raw row; None if they have other rows."""

    base: PredictedRows
    head: PredictedRows
    head_order: NDArray[np.int64] | None

    def evidence(self, target: str, metric: str, values: tuple[float, float]) -> list[Evidence]:
        """`values` are the recorded ones of base and head. Raises LookupError with the reason if there is none."""
        base, head = (rows.target_of(target, metric) for rows in (self.base, self.head))
        if base.level != head.level:
            raise NoEvidenceError(f"the intervals have other levels, {base.level} and {head.level}")
        base, head = (with_naive_errors(side, metric, value) for side, value in zip((base, head), values, strict=True))
        for rows, side, value in zip((self.base, self.head), (base, head), values, strict=True):
            check_recorded_value(rows, side, metric, value)
        paired = self._ordered(base, head)
        found = resample_improvements(
            metric, base, paired or head, (self.base.block, self.head.block), paired=paired is not None
        )
        # The test takes each row as independent of the others, unlike windows that overlap.
        if metric != "accuracy" or paired is None or (self.base.block, self.head.block) != (1, 1):
            return [found]
        correct = [side.predictions.predicted == side.truth for side in (base, paired)]
        only_base, only_head = int((correct[0] & ~correct[1]).sum()), int((~correct[0] & correct[1]).sum())
        return [mcnemar(only_base, only_head, len(base.truth)), found]

    def only_target(self) -> str:
        """The name of the target that a metric without one is of. Raises NoEvidenceError if the two differ."""
        base, head = (", ".join(rows.fitted.targets) for rows in (self.base, self.head))
        if base != head:
            raise NoEvidenceError(f"it is of another target, {head} in place of {base}")
        return base

    def are_same(self) -> bool:
        """Whether the same rows with the same truths were predicted."""
        if self.base.fitted.targets.keys() != self.head.fitted.targets.keys():
            return False
        pairs = [(self.base.target(name, False), self.head.target(name, False)) for name in self.base.fitted.targets]
        return all(self._ordered(base, head) is not None for base, head in pairs)

    def counts(self) -> MeasuredRows:
        both = np.intersect1d(self.base.rows, self.head.rows)
        return MeasuredRows(base=len(self.base.rows), head=len(self.head.rows), both=len(both))

    def _ordered(self, base: PredictedTarget, head: PredictedTarget) -> PredictedTarget | None:
        """Head's samples in the order of base's; None if they are not the same rows with the same truths."""
        if self.head_order is None or _truth_form(base) != _truth_form(head):
            return None
        ordered = head.take(self.head_order)
        return ordered if are_same_truths(ordered.truth, base.truth) else None


def compare_rows(base: PredictedRows, head: PredictedRows) -> ComparedRows:
    return ComparedRows(base, head, order_as(base.rows, head.rows))


def order_as(wanted: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Where each wanted row is in `rows`; None unless both hold the same rows.

    >>> order_as(np.array([7, 3, 5]), np.array([3, 5, 7])), order_as(np.array([7]), np.array([8]))
    (array([2, 0, 1]), None)
    """
    if np.array_equal(wanted, rows):
        return np.arange(len(rows))
    order, wanted_order = np.argsort(rows, kind="stable"), np.argsort(wanted, kind="stable")
    if not np.array_equal(rows[order], wanted[wanted_order]):
        return None
    positions = np.empty(len(rows), np.int64)
    positions[wanted_order] = order
    return positions


def are_same_truths(base: Array, head: Array) -> bool:
    """Classes exactly; values but for what is lost where they are scaled as numbers of 32 bits, and scaled back.

    >>> are_same_truths(np.array([[75.0], [20.0]]), np.array([[74.99999], [20.0]]))
    True
    >>> are_same_truths(np.array([[75.0], [20.0]]), np.array([[74.9], [20.0]]))
    False
    """
    if base.dtype.kind != "f" or base.shape != head.shape or not base.size:
        return np.array_equal(base, head)
    spread = np.ptp(base, axis=0)
    return bool((np.abs(head - base) <= TRUTH_TOLERANCE * np.maximum(np.abs(base), spread)).all())


def with_naive_errors(target: PredictedTarget, metric: str, value: float) -> PredictedTarget:
    """The errors of the naive forecast, which are not stored, follow from the recorded MASE of one column."""
    if metric not in FORECAST_METRICS:
        return target
    columns = len(target.spec.columns)
    naive = np.ones(columns)
    if metric == "mase":
        if columns > 1 or value == 0:
            raise NoEvidenceError("the errors of the naive forecast are not stored")
        naive = np.array([mean_absolute_scaled_error(target.truth, target.predictions.predicted, naive) / value])
        if not naive.all():
            raise NoEvidenceError("the errors of the naive forecast are not stored")
    return replace(target, predictions=replace(target.predictions, naive_errors=naive))


def check_recorded_value(rows: PredictedRows, target: PredictedTarget, metric: str, value: float) -> None:
    """Raises NoEvidenceError if the predictions are not those that the recorded metric is of."""
    try:
        measured = target.measure(metric) if target.has_metric(metric) else np.nan
    except UndefinedMetricError:
        measured = np.nan
    if not np.isclose(measured, value, rtol=1e-4, atol=1e-6):
        raise NoEvidenceError(
            f"data/predictions are not those of reports/metrics ({rows.snapshot.name}); run `dvc checkout`"
        )


def _truth_form(target: PredictedTarget) -> tuple[list[str], list[str] | None, int]:
    return target.spec.columns, target.spec.classes, target.spec.step_count
