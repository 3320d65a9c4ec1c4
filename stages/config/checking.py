"""Every mistake in the composed parameters at once, each with its file, key and way out."""

from pathlib import Path

from pydantic import ValidationError

from stages.config.compose import Composed
from stages.config.origins import origin
from stages.config.schema import Suite
from stages.core.errors import Mistake
from stages.core.params import adapter, problems
from stages.core.paths import CONF


def check(composed: Composed, conf: Path = CONF) -> Suite:
    try:
        suite: Suite = adapter(Suite).validate_python(composed.params)
        return suite
    except ValidationError as error:
        found = problems(Suite, error)
        raise Mistake(*(f"{origin(p.keys, composed.choices, conf)}: {p}" for p in found)) from None
