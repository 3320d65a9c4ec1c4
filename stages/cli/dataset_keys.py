"""Dataset keys as arguments of a command."""

from collections.abc import Sequence

from stages.core.errors import UserError, suggest
from stages.core.paths import PARAMS, check_key


def check_keys(keys: Sequence[str], datasets: Sequence[str]) -> None:
    """Raise UserError for the keys that are not among the datasets of params.yaml."""
    unknown = [check_key(key) for key in keys if key not in datasets]
    if unknown:
        raise UserError(*(f"{PARAMS}: no dataset {key!r}; {suggest(key, datasets)}" for key in unknown))
