import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.cli.tune.ranges.choice_texts import choice_text, choice_value

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)


@given(VALUES)
def test_a_value_is_read_back_from_one_line(value):
    text = choice_text(value)
    assert "\n" not in text
    assert choice_value(text) == value
    assert type(choice_value(text)) is type(value)


@pytest.mark.parametrize("text", ["1e-05", "12:30", "on", "0x10", "1_000", "", "~", "null", "2020-01-01", "=", "a\nb"])
def test_texts_stay_texts(text):
    assert choice_value(choice_text(text)) == text


def test_an_endless_number():
    assert math.isinf(choice_value(choice_text(math.inf)))
