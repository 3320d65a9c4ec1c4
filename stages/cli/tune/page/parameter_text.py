"""Names and values of parameters as text."""

from collections.abc import Sequence

from stages.cli.tune.study import StudyResult
from stages.cli.tune.yaml_text import number_text
from stages.report.rendering.format_text import DASH, format_number

Parameter = float | int | str


def names_in_order(result: StudyResult) -> list[str]:
    """The parameters in the order of the ranges; if there is no range for one, it follows."""
    of_trials = (name for trial in result.trials for name in trial.values)
    return list(dict.fromkeys([*result.ranges, *of_trials]))


def names_by_importance(result: StudyResult) -> list[str]:
    """The most important parameter first; those without an importance last, in the order of the ranges."""
    return sorted(names_in_order(result), key=lambda name: -result.importance.get(name, 0.0))


def exact_text(value: Parameter | None) -> str:
    """As conf/ has it.

    >>> exact_text(0.003), exact_text(32.0), exact_text("[64, 32]"), exact_text(None) == DASH
    ('0.003', '32', '[64, 32]', True)
    """
    if value is None:
        return DASH
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value if isinstance(value, str) else number_text(value)


def short_text(value: Parameter | None) -> str:
    """With four significant digits, if it is a number.

    >>> short_text(0.0031274), short_text("[64, 32]")
    ('0.003127', '[64, 32]')
    """
    return value if isinstance(value, str) else format_number(value)


def short_names(names: Sequence[str]) -> list[str]:
    """As many of the last keys of each name as tell it from the others.

    >>> short_names(["train.optimizer.learning_rate", "train.model.units", "preprocess.units"])
    ['learning_rate', 'model.units', 'preprocess.units']
    """
    return [_shortest(name, [other for other in names if other != name]) for name in names]


def _shortest(name: str, others: Sequence[str]) -> str:
    keys = name.split(".")
    endings = (".".join(keys[-length:]) for length in range(1, len(keys) + 1))
    return next((e for e in endings if not any(f".{other}".endswith(f".{e}") for other in others)), name)


def shorten(text: str, length: int) -> str:
    """Without its middle: lists of choices often begin alike.

    >>> shorten("[512, 256, 128]", 10), shorten("relu", 10)
    ('[512,…128]', 'relu')
    """
    if len(text) <= length:
        return text
    head = length // 2
    return f"{text[:head].rstrip()}…{text[len(text) - (length - 1 - head) :]}"
