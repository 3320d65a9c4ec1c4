import pytest

from stages.core.errors import UserError
from stages.notebook.notebook_errors import Error, raises_error


@raises_error
def fail(*messages: str) -> None:
    raise UserError(*messages)


def test_all_messages_are_in_the_error_and_no_cause() -> None:
    with pytest.raises(Error) as raised:
        fail("a: wrong", "--rev v1: missing")
    assert str(raised.value) == "a: wrong\nrev v1: missing"
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


def test_ipython_shows_the_message_alone() -> None:
    assert Error("a: wrong")._render_traceback_() == ["restage.Error: a: wrong"]


def test_other_exceptions_are_not_changed() -> None:
    @raises_error
    def divide() -> float:
        return 1 / 0

    with pytest.raises(ZeroDivisionError):
        divide()
