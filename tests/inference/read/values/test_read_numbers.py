import pytest

from stages.inference.input_schema import TextNotation
from stages.inference.read.values.read_numbers import NumberReader


@pytest.mark.parametrize("whole", [True, False])
def test_a_number_of_more_digits_than_python_converts_is_too_large(whole: bool) -> None:
    read = NumberReader(TextNotation(), [""], whole)(["1", "9" * 5000])
    assert list(read.wrong) == [1]
    assert "is too large" in read.wrong[1]
