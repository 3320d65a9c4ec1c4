"""The datasets that a person names."""

from collections.abc import Sequence

from stages.core.errors import UserError, suggest
from stages.core.paths import PARAMS, check_key


def check_keys(keys: Sequence[str], datasets: Sequence[str]) -> None:
    unknown = [check_key(key) for key in keys if key not in datasets]
    if unknown:
        raise UserError(*(f"{PARAMS}: no dataset {key!r}; {suggest(key, datasets)}" for key in unknown))
