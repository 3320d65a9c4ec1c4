import pytest

from stages.core.errors import UserError
from stages.core.paths import check_key


@pytest.mark.parametrize("key", ["iris", "mnist_mlp", "2024", "_"])
def test_a_key_that_may_enter_a_path_and_a_command(key: str) -> None:
    assert check_key(key) == key


@pytest.mark.parametrize("key", ["s&p.500", "../x", "Iris", "a b", "", "iris\n", "größe", "a;b", "-m"])
def test_a_key_that_may_not(key: str) -> None:
    with pytest.raises(UserError) as caught:
        check_key(key)
    assert str(caught.value) == f"dataset key {key!r}: use lower-case letters, digits and _ only"
