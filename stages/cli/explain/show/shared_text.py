"""The text of a reason that several stages share: `<key>` stands for the dataset, and a missing output has no name."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from stages.cli.explain.explanation import (
    CommandReason,
    DeclarationReason,
    MissingReason,
    OutputReason,
    ParametersReason,
    Reason,
    StageExplanation,
)
from stages.cli.explain.show.reason_text import OUTPUTS_MISSING, reason_text

KEY = "<key>"


def shared_text(stage: StageExplanation, reason: Reason) -> str:
    if isinstance(reason, OutputReason) and reason.state == "deleted":
        return OUTPUTS_MISSING
    return reason_text(reason if stage.key is None else _without_key(reason, stage.key))


def is_shared(sharing: Sequence[tuple[StageExplanation, Reason]]) -> bool:
    """Whether several datasets have the reason; of outputs, which a clone often lacks, also several stages of one."""
    stages = {stage.stage if isinstance(reason, OutputReason) else stage.key for stage, reason in sharing}
    return len(stages) > 1


def _without_key(reason: Reason, key: str) -> Reason:
    match reason:
        case ParametersReason():
            values = [value.model_copy(update={"name": _name_without_key(value.name, key)}) for value in reason.values]
            return reason.model_copy(update={"values": values})
        case OutputReason() | DeclarationReason() | MissingReason():
            return reason.model_copy(update={"path": path_without_key(reason.path, key)})
        case CommandReason():
            old, new = (_command_without_key(command, key) for command in (reason.old, reason.new))
            return reason.model_copy(update={"old": old, "new": new})
        case _:
            return reason


def path_without_key(path: str, key: str) -> str:
    """The last part that is the key; a dataset may have the name of a folder.

    >>> path_without_key("reports/metrics/iris.json", "iris"), path_without_key("data/raw/data", "data")
    ('reports/metrics/<key>.json', 'data/raw/<key>')
    """
    parts = list(PurePosixPath(path).parts)
    for index in reversed(range(len(parts))):
        name, dot, ending = parts[index].partition(".")
        if name == key:
            parts[index] = f"{KEY}{dot}{ending}"
            break
    return str(PurePosixPath(*parts))


def _name_without_key(name: str, key: str) -> str:
    prefix = f"datasets.{key}."
    return f"datasets.{KEY}.{name.removeprefix(prefix)}" if name.startswith(prefix) else name


def _command_without_key(command: str, key: str) -> str:
    return " ".join(KEY if word == key else word for word in command.split(" "))
