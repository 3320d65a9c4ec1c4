"""What differs between two revisions of one dataset."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, TypeVar

from stages.cli.compare.comparison import DatasetComparison, MetricChange, MetricValue, SizeChange, State
from stages.cli.compare.evidence.judge_metrics import metric_changes
from stages.cli.compare.evidence.predicted_rows import read_output_record
from stages.cli.compare.evidence.recorded_results import RecordedResults
from stages.cli.compare.facts.parameter_changes import parameter_changes
from stages.cli.compare.facts.size_changes import model_sizes, size_changes, split_sizes
from stages.cli.compare.facts.stage_changes import has_same_output, stage_changes
from stages.cli.compare.facts.tracked_metrics import read_metrics
from stages.cli.compare.facts.validation_changes import check_changes, drift_changes
from stages.cli.revisions.snapshot import Snapshot
from stages.core import paths
from stages.core.artefacts.processed import FITTED_FILE, Fitted
from stages.core.artefacts.records.evaluation import BestBaseline, EvaluationRecord
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.artefacts.records.validation import ValidationRecord
from stages.core.parameters.read_params import Sections

Found = TypeVar("Found")
NO_SECTIONS: Sections = {}


class DatasetComparer:
    """Compares one dataset. `base_sections` and `head_sections` are its parameters; None where there is no dataset.

    `results` collects what cannot be said, and why.
    """

    def __init__(
        self, base: Snapshot, head: Snapshot, key: str, base_sections: Sections | None, head_sections: Sections | None
    ) -> None:
        self.base, self.head, self.key = base, head, key
        self.base_sections, self.head_sections = base_sections, head_sections
        self.results = RecordedResults(
            base, head, key, has_several_seeds(base_sections) and has_several_seeds(head_sections)
        )

    @property
    def _in_both(self) -> bool:
        return self.base_sections is not None and self.head_sections is not None

    @property
    def _sections(self) -> Sections:
        return self.head_sections or self.base_sections or NO_SECTIONS

    def compare(self, base_stale: Sequence[str], stale: Sequence[str]) -> DatasetComparison:
        """`base_stale` and `stale` are the stages whose results are not those of their parameters and code.

        Of a removed dataset, only the headline metric is named.
        """
        metrics, same = self._metrics()
        same_rows = self.results.same_rows if self._in_both else None
        removed = self.head_sections is None
        checked: tuple[ValidationRecord | None, ValidationRecord | None] = (None, None)
        if not removed:
            checked = self._both("validate", paths.validation_result(self.key), self._validation)
        comparison = DatasetComparison(
            key=self.key,
            title=str(self._sections.get("report", {}).get("title", self.key)),
            state="new" if self.base_sections is None else "removed" if removed else "changed",
            same_rows=same_rows,
            rows=self.results.rows.counts() if same_rows is False and self.results.rows else None,
            metrics=metrics,
            same_headline=next((metric for metric in same if metric.name == self._headline), None),
            same_metrics=len(same),
            best_baseline=self._best_baseline() if self.base_sections is None else None,
            parameters=parameter_changes(self.base_sections, self.head_sections)
            if self.base_sections is not None and self.head_sections is not None
            else [],
            checks=check_changes(*checked),
            drift=drift_changes(*checked),
            accepted_profile=self._accepted_profile() if self._in_both else None,
            sizes=[] if removed else self._sizes(),
            stages=stage_changes(self.base, self.head, self.key) if self._in_both else [],
            stale=[*stale],
            base_stale=[*base_stale],
            unknown=self.results.unknown,
        )
        return comparison.model_copy(update={"state": state_of(comparison)})

    @property
    def _headline(self) -> str:
        return str(self._sections.get("evaluate", {}).get("headline"))

    def _metrics(self) -> tuple[list[MetricChange], list[MetricValue]]:
        """The changes, and the metrics that are the same. If a file cannot be read, there is the headline alone."""
        base, head = (
            self._read_metrics(self.base, self.base_sections),
            self._read_metrics(self.head, self.head_sections),
        )
        changes = metric_changes(base or {}, head or {}, self._headline, self.results)
        if self.head_sections is None:
            return [change for change in changes if change.headline], []
        if self._in_both and (base is None or head is None):
            return [c.model_copy(update={"result": "not known"}) for c in changes if c.headline], []
        changed = {change.name for change in changes}
        same = [(name, value) for name, value in (head or {}).items() if name in (base or {}) and name not in changed]
        return changes, [MetricValue(name=name, value=value) for name, value in same]

    def _best_baseline(self) -> BestBaseline | None:
        try:
            return read_output_record(EvaluationRecord, self.head, paths.evaluation(self.key)).best_baseline
        except LookupError as error:
            self.results.add_unknown("the best baseline", error)
            return None

    def _read_metrics(self, snapshot: Snapshot, sections: Sections | None) -> dict[str, float] | None:
        if sections is None:
            return None
        try:
            return read_metrics(snapshot, self.key)
        except LookupError as error:
            self.results.add_unknown("metrics", error)
            return None

    def _validation(self, snapshot: Snapshot) -> ValidationRecord:
        return read_output_record(ValidationRecord, snapshot, paths.validation_result(self.key))

    def _accepted_profile(self) -> Literal["new", "removed", "changed"] | None:
        base, head = (snapshot.text(paths.accepted_profile(self.key)) for snapshot in (self.base, self.head))
        if base == head:
            return None
        return "new" if base is None else "removed" if head is None else "changed"

    def _sizes(self) -> list[SizeChange]:
        splits = self._both("preprocess", paths.processed_data(self.key), self._split_sizes)
        model = self._both("train", paths.model(self.key), self._model_sizes)
        return [change for base, head in (splits, model) for change in size_changes(base or {}, head or {})]

    def _split_sizes(self, snapshot: Snapshot) -> dict[str, int]:
        return split_sizes(read_output_record(Fitted, snapshot, paths.processed_data(self.key) / FITTED_FILE))

    def _model_sizes(self, snapshot: Snapshot) -> dict[str, int]:
        folder = paths.model(self.key)
        training = read_output_record(TrainingRecord, snapshot, folder / "training.json")
        return model_sizes(training, snapshot.size(folder / "model.keras"))

    def _both(self, stage: str, path: Path, read: Callable[[Snapshot], Found]) -> tuple[Found | None, Found | None]:
        """What each revision that has the dataset has of an output.

        Both are None if dvc.lock records the same output, or if one of them is not available.
        """
        if self._in_both and has_same_output(self.base, self.head, f"{stage}@{self.key}", path):
            return None, None
        try:
            return (
                None if self.base_sections is None else read(self.base),
                None if self.head_sections is None else read(self.head),
            )
        except LookupError as error:
            self.results.add_unknown(path.parent.name, error)
            return None, None


def has_several_seeds(sections: Sections | None) -> bool:
    return int((sections or NO_SECTIONS).get("train", {}).get("seeds", 1)) > 1


def state_of(comparison: DatasetComparison) -> State:
    if comparison.state != "changed":
        return comparison.state
    differences = (
        comparison.metrics, comparison.parameters, comparison.checks, comparison.drift, comparison.accepted_profile,
        comparison.sizes, comparison.stages, comparison.stale, comparison.base_stale,
    )  # fmt: skip
    return "changed" if any(differences) else "unchanged"
