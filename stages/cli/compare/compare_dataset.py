"""What differs between two revisions of one dataset."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from stages.cli.compare.comparison import CheckChange, DatasetComparison, DriftChange, MetricChange, SizeChange, State
from stages.cli.compare.evidence.judge_metrics import Results, metric_changes
from stages.cli.compare.evidence.predicted_rows import read_output_record
from stages.cli.compare.facts.parameter_changes import parameter_changes
from stages.cli.compare.facts.size_changes import model_sizes, size_changes, split_sizes
from stages.cli.compare.facts.stage_changes import recorded_md5, stage_changes
from stages.cli.compare.facts.tracked_metrics import read_metrics
from stages.cli.compare.facts.validation_changes import check_changes, drift_changes
from stages.cli.revisions.snapshot import Snapshot
from stages.core import paths
from stages.core.artefacts.processed import FITTED_FILE, Fitted
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.artefacts.records.validation import ValidationRecord

Found = TypeVar("Found")


class DatasetComparer:
    """Compares the revisions of one dataset; `results.unknown` collects what cannot be said, and why."""

    def __init__(self, base: Snapshot, head: Snapshot, key: str) -> None:
        self.base, self.head, self.key = base, head, key
        self.results = Results(base, head, key)

    def compare(self, stale: Sequence[str]) -> DatasetComparison:
        """`stale` are the stages of head whose results are not those of its parameters and code."""
        in_base, in_head = (self.key in snapshot.datasets for snapshot in (self.base, self.head))
        metrics, same = self._metrics()
        checks, drift = self._validation()
        comparison = DatasetComparison(
            key=self.key,
            title=self._title(),
            state="new" if not in_base else "removed" if not in_head else "changed",
            same_rows=self._same_rows(),
            metrics=metrics,
            same_metrics=same,
            parameters=parameter_changes(self.base.datasets[self.key], self.head.datasets[self.key])
            if in_base and in_head
            else [],
            checks=checks,
            drift=drift,
            sizes=self._sizes(),
            stages=stage_changes(self.base, self.head, self.key) if in_base and in_head else [],
            stale=[*stale],
            unknown=self.results.unknown,
        )
        return comparison.model_copy(update={"state": state_of(comparison)})

    def _title(self) -> str:
        sections = self.head.datasets.get(self.key) or self.base.datasets.get(self.key) or {}
        return str(sections.get("report", {}).get("title", self.key))

    def _snapshots(self) -> list[Snapshot]:
        """Those that have the dataset."""
        return [snapshot for snapshot in (self.base, self.head) if self.key in snapshot.datasets]

    def _metrics(self) -> tuple[list[MetricChange], int]:
        values: dict[str, dict[str, float]] = {}
        for snapshot in self._snapshots():
            try:
                values[snapshot.name] = read_metrics(snapshot, self.key)
            except LookupError as error:
                self.results.add_unknown("metrics", error)
        complete = len(values) == len(self._snapshots())
        base, head = (values.get(snapshot.name, {}) for snapshot in (self.base, self.head))
        headline = (self.head.datasets.get(self.key) or self.base.datasets[self.key]).get("evaluate", {})
        changes = metric_changes(base, head, str(headline.get("headline")), self.results)
        same = sum(name in head and base[name] == head[name] for name in base)
        return (changes if complete or not values else [c for c in changes if c.headline]), same

    def _validation(self) -> tuple[list[CheckChange], list[DriftChange]]:
        base, head = self._both(f"validate@{self.key}", paths.validation_result(self.key), self._validation_of)
        checks = check_changes(base, head) if base and head else []
        return checks, drift_changes(base, head) if head else []

    def _validation_of(self, snapshot: Snapshot) -> ValidationRecord:
        return read_output_record(ValidationRecord, snapshot, paths.validation_result(self.key))

    def _sizes(self) -> list[SizeChange]:
        fitted = self._both(f"preprocess@{self.key}", paths.processed_data(self.key), self._split_sizes)
        model = self._both(f"train@{self.key}", paths.model(self.key), self._model_sizes)
        changes = [size_changes(base or {}, head or {}) for base, head in (fitted, model) if base or head]
        return [change for found in changes for change in found]

    def _split_sizes(self, snapshot: Snapshot) -> dict[str, int]:
        return split_sizes(read_output_record(Fitted, snapshot, paths.processed_data(self.key) / FITTED_FILE))

    def _model_sizes(self, snapshot: Snapshot) -> dict[str, int]:
        folder = paths.model(self.key)
        training = read_output_record(TrainingRecord, snapshot, folder / "training.json")
        return model_sizes(training, snapshot.output(folder / "model.keras").stat().st_size)

    def _both(self, stage: str, path: Path, read: Callable[[Snapshot], Found]) -> tuple[Found | None, Found | None]:
        """What both revisions have of an output. Both are None if dvc.lock records the same, or one is not available.

        One is None if its revision has not the dataset.
        """
        snapshots = self._snapshots()
        md5s = {recorded_md5(snapshot, stage, path) for snapshot in snapshots}
        if len(snapshots) == 2 and len(md5s) == 1 and None not in md5s:
            return None, None
        try:
            found = {snapshot.name: read(snapshot) for snapshot in snapshots}
        except LookupError as error:
            self.results.add_unknown(path.parent.name, error)
            return None, None
        return found.get(self.base.name), found.get(self.head.name)

    def _same_rows(self) -> bool | None:
        """By the predictions, if they were needed to judge a metric; else by what dvc.lock and evaluate recorded."""
        if len(self._snapshots()) < 2:
            return None
        md5s = [recorded_md5(s, f"preprocess@{self.key}", paths.processed_data(self.key)) for s in self._snapshots()]
        if None not in md5s and len({*md5s}) == 1:
            return True
        try:
            return None if self.results.rows is None else self.results.rows.are_same()
        except LookupError as error:
            self.results.add_unknown("predictions", error)
            return None


def state_of(comparison: DatasetComparison) -> State:
    if comparison.state != "changed":
        return comparison.state
    differences = (
        comparison.metrics, comparison.parameters, comparison.checks, comparison.drift, comparison.sizes,
        comparison.stages, comparison.stale,
    )  # fmt: skip
    return "changed" if any(differences) else "unchanged"
