"""The base of all parameter types."""

import pytest
from pydantic import ValidationError

from stages.core.parameters.params import Params


class Drawing(Params):
    title: str = "untitled"


def test_parameters_are_immutable() -> None:
    drawing = Drawing(title="Iris")
    with pytest.raises(ValidationError, match="frozen"):
        drawing.title = "other"  # type: ignore[misc]
