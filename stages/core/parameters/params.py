"""The base of all parameter types."""

import re
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from stages.core.parameters.validation_errors import format_value


@dataclass(frozen=True)
class TextPattern:
    """A pydantic validator: the whole text must match `pattern`; `description` explains it in a message."""

    pattern: str
    description: str

    def __call__(self, text: str) -> str:
        if not re.fullmatch(self.pattern, text):
            raise ValueError(f"should be {self.description}; received {format_value(text)}")
        return text


class Params(BaseModel):
    """Exact types, finite numbers, no unknown keys, immutable."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)
