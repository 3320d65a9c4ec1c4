"""A line for each stage with a reason that is not said yet; the stages after it are named in the same line."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from stages.cli.explain.explanation import FilesReason, StageExplanation
from stages.cli.explain.show.reason_text import imports_text, reason_text
from stages.cli.explain.show.shared_text import shared_text
from stages.report.rendering.format_text import count

MAX_REASONS = 5


@dataclass
class StageLine:
    """`then` are later stages of the dataset, which run for the same reasons or may run."""

    stage: StageExplanation
    reasons: list[str]
    then: list[StageExplanation] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.stage.stage}: {self._reasons_text()}{self._ending()}{self._then_text()}"

    def _reasons_text(self) -> str:
        more = len(self.reasons) - MAX_REASONS
        shown = ", ".join(self.reasons[:MAX_REASONS])
        return shown if more <= 0 else f"{shown} and {count(more, 'more reason')}"

    def _ending(self) -> str:
        if self.stage.result == "restored":
            return "; would be restored from the run cache"
        return "" if self.stage.seconds is None else f" ({self.stage.seconds:.1f} s the last time)"

    def _then_text(self) -> str:
        certain = [stage.name for stage in self.then if stage.result != "may run"]
        possible = [stage.name for stage in self.then if stage.result == "may run"]
        parts = [", ".join(certain)] if certain else []
        parts += [f"{', '.join(possible)} if the output differs"] if possible else []
        return f"; then {', and '.join(parts)}" if parts else ""


def lines_of_stages(stages: Iterable[StageExplanation], shared: Collection[tuple[str, str]]) -> list[StageLine]:
    """`shared` are the reasons, by result and text, that are said for several stages together."""
    lines: list[StageLine] = []
    last: dict[str, StageLine] = {}
    for stage in _by_dataset(stages):
        said = [reason for line in lines if line.stage.key == stage.key for reason in line.reasons]
        own = [text for text in _texts(stage, shared) if text not in said]
        before = last.get(stage.key or "")
        if own:
            lines.append(StageLine(stage, own))
            if stage.key:
                last[stage.key] = lines[-1]
        elif before is not None and (stage.result == "may run" or _texts(stage, shared)):
            before.then.append(stage)
    return lines


def _by_dataset(stages: Iterable[StageExplanation]) -> list[StageExplanation]:
    """The stages of a dataset together, where its first one is; the order is otherwise that of a serial run."""
    listed = list(stages)
    first: dict[str, int] = {}
    for number, stage in enumerate(listed):
        first.setdefault(stage.key or stage.stage, number)
    return sorted(listed, key=lambda stage: first[stage.key or stage.stage])


def _texts(stage: StageExplanation, shared: Collection[tuple[str, str]]) -> list[str]:
    """The reasons of the stage that are not shared, with the imports by which it reaches changed code."""
    own = [reason for reason in stage.reasons if (stage.result, shared_text(stage, reason)) not in shared]
    imports = [imports_text([reason.files]) if isinstance(reason, FilesReason) else "" for reason in own]
    return list(dict.fromkeys(reason_text(reason) + each for reason, each in zip(own, imports, strict=True)))
