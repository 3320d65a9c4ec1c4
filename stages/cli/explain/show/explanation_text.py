"""What `restage explain` prints: a reason that several datasets share once, then a line for each stage."""

from collections.abc import Iterable, Iterator, Sequence

from stages.cli.explain.explanation import Explanation, FilesReason, ParametersReason, Reason, StageExplanation
from stages.cli.explain.show.reason_text import imports_text, value_text
from stages.cli.explain.show.shared_text import is_shared, shared_text
from stages.cli.explain.show.stage_lines import StageLine, lines_of_stages
from stages.cli.explain.show.stage_names import stages_text
from stages.cli.run.progress_display import format_duration

# The result and the text of a reason.
Said = tuple[str, str]


def explanation_text(explanation: Explanation) -> str:
    explanation = _without_repeated_values(explanation)
    shared = _shared_reasons(explanation.stages)
    stage_lines = lines_of_stages(explanation.stages, shared.keys())
    lines = [
        *_shared_lines(explanation, shared),
        *(str(line) for line in stage_lines),
        *_conditional_lines(explanation, stage_lines),
        *_count_lines(explanation),
        *(f"Not known: {each}" for each in explanation.unknown),
    ]
    return "".join(f"{line}\n" for line in lines)


def _without_repeated_values(explanation: Explanation) -> Explanation:
    """The guard reads all parameters: those that a stage of a dataset names are left out of its reasons."""
    said = {text for stage in explanation.stages if stage.key for text in _value_texts(stage)}
    stages = [stage if stage.key else _without_values(stage, said) for stage in explanation.stages]
    return explanation.model_copy(update={"stages": stages})


def _without_values(stage: StageExplanation, said: set[str]) -> StageExplanation:
    reasons: list[Reason] = []
    for reason in stage.reasons:
        if isinstance(reason, ParametersReason):
            values = [value for value in reason.values if value_text(value) not in said]
            reasons += [ParametersReason(values=values)] if values else []
        else:
            reasons.append(reason)
    return stage.model_copy(update={"reasons": reasons or stage.reasons})


def _value_texts(stage: StageExplanation) -> Iterator[str]:
    for reason in stage.reasons:
        if isinstance(reason, ParametersReason):
            yield from (value_text(value) for value in reason.values)


def _shared_reasons(stages: Iterable[StageExplanation]) -> dict[Said, list[tuple[StageExplanation, Reason]]]:
    """The reasons that are said once for several stages."""
    found: dict[Said, list[tuple[StageExplanation, Reason]]] = {}
    for stage in stages:
        for reason in stage.reasons:
            found.setdefault((stage.result, shared_text(stage, reason)), []).append((stage, reason))
    return {said: each for said, each in found.items() if is_shared(each)}


def _shared_lines(explanation: Explanation, shared: dict[Said, list[tuple[StageExplanation, Reason]]]) -> Iterator[str]:
    for (result, text), sharing in shared.items():
        imports = imports_text([reason.files for _, reason in sharing if isinstance(reason, FilesReason)])
        restored = ", restored from the run cache" if result == "restored" else ""
        names = stages_text([stage.stage for stage, _ in sharing], _keys(explanation.stages))
        yield f"{text}{imports}: {names}{restored}"


def _conditional_lines(explanation: Explanation, lines: Sequence[StageLine]) -> Iterator[str]:
    """The stages that may run, and that no line names."""
    named = {stage.stage for line in lines for stage in line.then}
    groups: dict[tuple[str, ...], list[str]] = {}
    for stage in explanation.with_result("may run"):
        if stage.stage not in named:
            makers = dict.fromkeys(each.partition("@")[0] for each in stage.waits_for)
            groups.setdefault(tuple(makers), []).append(stage.stage)
    for waits, names in groups.items():
        yield f"if the output of {' or '.join(waits)} differs: {stages_text(names, _keys(explanation.stages))}"


def _count_lines(explanation: Explanation) -> Iterator[str]:
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
    if not certain and not possible:
        return ""
    unknown = sum(stage.seconds is None for stage in (*certain, *possible))
    if unknown == len(certain) + len(possible):
        return "Expected time: not known, none of these ran in this clone"
    seconds = [sum(stage.seconds or 0.0 for stage in stages) for stages in (certain, possible)]
    text = f"Expected time, one stage after another: {format_duration(seconds[0])}"
    text += f", at most {format_duration(sum(seconds))}" if possible else ""
    return text + (f"; not counted: {unknown} that never ran in this clone" if unknown else "")


def _keys(stages: Iterable[StageExplanation]) -> list[str]:
    return list(dict.fromkeys(stage.key for stage in stages if stage.key))
