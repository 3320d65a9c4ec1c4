"""What two revisions recorded for a dataset, and the reasons why something of it is not known."""

from dataclasses import dataclass, field
from functools import cached_property

from stages.cli.compare.evidence.compare_rows import ComparedRows, compare_rows
from stages.cli.compare.evidence.predicted_rows import read_output_record, read_predicted_rows
from stages.cli.compare.facts.stage_changes import has_same_output
from stages.cli.revisions.snapshot import Snapshot, UnavailableOutputError
from stages.core import paths
from stages.core.artefacts.records.evaluation import EvaluationRecord


@dataclass
class RecordedResults:
    """The results of a dataset at two revisions, read when they are first needed.

    `several_seeds` says that both train with several. `reasons` collects why something cannot be said, each with what
    that is.
    """

    base: Snapshot
    head: Snapshot
    key: str
    several_seeds: bool = False
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

    @cached_property
    def same_rows(self) -> bool | None:
        """Whether the same rows were measured, by dvc.lock or by the predictions; None if that is not known."""
        if has_same_output(self.base, self.head, f"preprocess@{self.key}", paths.processed_data(self.key)):
            return True
        try:
            return None if self.rows is None else self.rows.are_same()
        except LookupError as error:
            self.add_unknown("predictions", error)
            return None

    @property
    def may_differ_by_seeds(self) -> bool:
        """Whether the means over seeds can differ, whatever the metrics of the first seed are."""
        path = paths.evaluation(self.key)
        return self.several_seeds and not has_same_output(self.base, self.head, f"evaluate@{self.key}", path)

    def add_unknown(self, what: str, error: LookupError) -> None:
        reason = error.reason if isinstance(error, UnavailableOutputError) else str(error)
        of_reason = self.reasons.setdefault(reason, [])
        if what not in of_reason:
            of_reason.append(what)

    @property
    def unknown(self) -> list[str]:
        return [f"{', '.join(what)}: {reason}" for reason, what in self.reasons.items()]
