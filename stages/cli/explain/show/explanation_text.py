"""What `restage explain` prints: a reason that several datasets share once, then a line for each stage."""

from collections.abc import Iterable, Iterator, Sequence

from stages.cli.explain.explanation import Explanation, FilesReason, Reason, StageExplanation
from stages.cli.explain.show.reason_text import imports_text, reason_text
from stages.cli.explain.show.stage_names import stages_text
from stages.cli.run.progress_display import format_duration

RESTORED = "; would be restored from the run cache"


def explanation_text(explanation: Explanation) -> str:
    lines = [
        *_stage_lines(explanation, explanation.with_result("runs"), ""),
        *_stage_lines(explanation, explanation.with_result("restored"), RESTORED),
        *_collected_lines(explanation),
        *_summary_lines(explanation),
        *(f"Not known: {each}" for each in explanation.unknown),
    ]
    return "".join(f"{line}\n" for line in lines)


def _stage_lines(explanation: Explanation, stages: Sequence[StageExplanation], ending: str) -> Iterator[str]:
    shared = _shared_reasons(stages)
    keys = _keys(explanation.stages)
    for text, found in shared.items():
        imports = imports_text([reason.files for _, reason in found if isinstance(reason, FilesReason)])
        yield f"{text}{imports}: {stages_text([stage.stage for stage, _ in found], keys)}{ending}"
    with_lines = _with_own_line(stages, shared)
    for stage in with_lines:
        own = [reason for reason in stage.reasons if reason_text(reason) not in shared]
        text = ", ".join(reason_text(reason) + _imports_of(reason) for reason in own)
        yield f"{stage.stage}: {text}{ending or _time_text(stage)}{_then_text(explanation, stage, with_lines)}"


def _imports_of(reason: Reason) -> str:
    return imports_text([reason.files]) if isinstance(reason, FilesReason) else ""


def _shared_reasons(stages: Iterable[StageExplanation]) -> dict[str, list[tuple[StageExplanation, Reason]]]:
    """The reasons of stages of several datasets, by their text."""
    found: dict[str, list[tuple[StageExplanation, Reason]]] = {}
    for stage in stages:
        for reason in stage.reasons:
            found.setdefault(reason_text(reason), []).append((stage, reason))
    return {text: each for text, each in found.items() if len({stage.key for stage, _ in each}) > 1}


def _with_own_line(stages: Iterable[StageExplanation], shared: Iterable[str]) -> list[StageExplanation]:
    """Those with a reason of their own."""
    texts = set(shared)
    return [stage for stage in stages if any(reason_text(reason) not in texts for reason in stage.reasons)]


def _then_text(explanation: Explanation, stage: StageExplanation, with_lines: Sequence[StageExplanation]) -> str:
    """The stages of the same dataset that may run, after its last stage with a line."""
    of_dataset = [each for each in with_lines if each.key == stage.key]
    names = [each.name for each in explanation.with_result("may run") if each.key == stage.key]
    if stage.key is None or not names or of_dataset[-1] is not stage:
        return ""
    return f"; then {', '.join(names)} if the output differs"


def _collected_lines(explanation: Explanation) -> Iterator[str]:
    """The stages that may run, and for whose datasets there is no line."""
    lined = set()
    for result in ("runs", "restored"):
        stages = explanation.with_result(result)  # type: ignore[arg-type]
        lined |= {stage.key for stage in _with_own_line(stages, _shared_reasons(stages)) if stage.key}
    keys = _keys(explanation.stages)
    groups: dict[tuple[str, ...], list[str]] = {}
    for stage in explanation.with_result("may run"):
        if stage.key not in lined:
            waits = tuple(dict.fromkeys(each.partition("@")[0] for each in stage.waits_for))
            groups.setdefault(waits, []).append(stage.stage)
    for waits, names in groups.items():
        yield f"if the output of {' or '.join(waits)} differs: {stages_text(names, keys)}"


def _summary_lines(explanation: Explanation) -> Iterator[str]:
    counts = {
        "would run": len(explanation.with_result("runs")),
        "would run only if an output before them differs": len(explanation.with_result("may run")),
        "would be restored from the run cache": len(explanation.with_result("restored")),
        "up to date": len(explanation.with_result("up to date")),
    }
    parts = [f"{count} {what}" for what, count in counts.items() if count]
    yield f"{len(explanation.stages)} stages: {', '.join(parts)}"
    if times := _expected_time(explanation):
        yield times


def _expected_time(explanation: Explanation) -> str:
    """Of the stages one after another; empty if no stage would run."""
    certain, possible = explanation.with_result("runs"), explanation.with_result("may run")
    seconds = [sum(stage.seconds or 0.0 for stage in stages) for stages in (certain, possible)]
    unknown = sum(stage.seconds is None for stage in (*certain, *possible))
    if not certain and not possible:
        return ""
    text = f"Expected time, one stage after another: {format_duration(seconds[0])}"
    text += f", at most {format_duration(sum(seconds))}" if possible else ""
    return text + (f"; without {unknown} stages that this clone has not run" if unknown else "")


def _time_text(stage: StageExplanation) -> str:
    return "" if stage.seconds is None else f" ({stage.seconds:.1f} s the last time)"


def _keys(stages: Iterable[StageExplanation]) -> list[str]:
    return list(dict.fromkeys(stage.key for stage in stages if stage.key))
