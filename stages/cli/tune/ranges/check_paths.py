"""Checks the paths of ranges: parameters of preprocess and train that can be searched, each once."""

from collections.abc import Iterable

from stages.cli.tune.ranges.parameter_paths import is_path
from stages.cli.tune.ranges.read_ranges import WrittenRange
from stages.core.errors import UserError, suggest

SECTIONS = ("preprocess", "train")
_OTHER_ROWS = "it decides which rows are the validation rows, on which all trials are compared"
_OTHER_TARGETS = "it decides what is predicted, and trials are compared by that"
NOT_SEARCHED = {
    "preprocess.split": _OTHER_ROWS,
    "preprocess.targets": _OTHER_TARGETS,
    "preprocess.labels": _OTHER_TARGETS,
    "preprocess.backtest": "trials are compared on the validation rows",
    "train.refit": "trials are compared on the validation rows, and with refit the model is trained on them",
    "train.seed": "the seed with the best value is best by chance",
    "train.seeds": "each trial is one training",
    "train.threads": "a worker trains all its trials with the same threads",
}


def check_path(written: WrittenRange, earlier: Iterable[WrittenRange]) -> None:
    """Raise UserError if this is not the path of a parameter to search, or if `earlier` has a part of it."""
    path, section = written.path, written.path.partition(".")[0]
    if section not in SECTIONS:
        raise range_error(written, f"ranges are for keys of preprocess and train; {suggest(section, SECTIONS)}")
    if not is_path(path) or path == section:
        example = "train.epochs" if section == "train" else "preprocess.steps"
        raise range_error(written, f"should be the path of a parameter, such as {example}")
    for name, reason in NOT_SEARCHED.items():
        if _is_part_of(path, name):
            raise range_error(written, f"not for a search: {reason}; remove it")
    for other in earlier:
        if path == other.path:
            raise range_error(written, f"has a range before, {other.where}; keep one of them")
        if _is_part_of(path, other.path) or _is_part_of(other.path, path):
            raise range_error(written, f"overlaps the range of {other.path}, {other.where}; keep one of them")


def range_error(written: WrittenRange, text: str) -> UserError:
    return UserError(f"{written.where}: {written.path}: {text}")


def _is_part_of(path: str, whole: str) -> bool:
    """
    >>> _is_part_of("train.model.units[0]", "train.model"), _is_part_of("train.seeds", "train.seed")
    (True, False)
    """
    return path == whole or path.startswith((f"{whole}.", f"{whole}["))
