"""Dataset keys as arguments of a command."""

from collections.abc import Sequence

from stages.core.errors import UserError, suggest
from stages.core.paths import CONF, PARAMS, check_key


def check_keys(keys: Sequence[str], datasets: Sequence[str]) -> None:
    """Raise UserError for the keys that are not among the datasets of params.yaml."""
    unknown = [check_key(key) for key in keys if key not in datasets]
    if unknown:
        raise UserError(*(f"{PARAMS}: no dataset {key!r}; {suggest_key(key, datasets)}" for key in unknown))


def is_dataset(key: str) -> bool:
    """Whether conf/dataset has a file for it."""
    return key in {file.stem for file in (CONF / "dataset").glob("*.yaml")}


def suggest_key(key: str, datasets: Sequence[str]) -> str:
    """The command that adds the dataset, if conf/dataset has a file for it; else the name that was meant."""
    if is_dataset(key):
        return f"`restage add {key}` takes it into the suite"
    return suggest(key, datasets)
