from typing import Any

import numpy as np
import pytest

from stages.core.errors import UserError
from stages.preprocess.infer_kind import infer_kind


def texts(*values: Any) -> Any:
    return np.array(values, object)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.array([1, 2]), "number"),
        (np.array([1.5, np.nan]), "number"),
        (np.array([True, False]), "boolean"),
        (np.array(["2024-01-01"], "datetime64[us]"), "date"),
        (texts("yes", "No", None), "boolean"),
        (texts("2024-01-31", "2024-02-01T10:00"), "date"),
        (texts("red", "blue", "red", "blue"), "category"),
        (texts("1", "2", "x"), "number"),
        (texts("04509", "04510", "04509", "04510"), "category"),
        (texts("a text of words", "another text of words"), "text"),
        (texts("", "", "S", "S"), "category"),
    ],
)
def test_the_kind_follows_from_the_values(values: Any, kind: str) -> None:
    assert infer_kind("column", values).kind == kind


@pytest.mark.parametrize(
    ("values", "facts"),
    [
        (texts("A/5 21171", "PC 17599", "113803x"), ["3 different texts in 3 training rows", "`c: ignore`"]),
        (texts("00371", "04509", "123"), ["`c: ignore`", "or `types: {c: number}` in download.format"]),
        (texts("2/3/2022", "2/4/2022"), ["may be a date", "%d/%m/%Y"]),
        (texts("1-01", "1-02"), ["may be a date"]),
    ],
)
def test_several_kinds_are_possible(values: Any, facts: list[str]) -> None:
    with pytest.raises(UserError) as caught:
        infer_kind("c", values)
    assert [fact for fact in facts if fact not in str(caught.value)] == []


def test_texts_with_other_characters_cannot_be_read_as_numbers() -> None:
    with pytest.raises(UserError) as caught:
        infer_kind("c", texts("A/5 21171", "PC 17599", "STON 3", "113803"))
    assert "types" not in str(caught.value)
