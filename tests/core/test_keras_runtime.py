import os

import pytest

from stages.core.keras_runtime import _greetings_unheard


def test_what_is_said_while_loading_is_not_heard(capfd: pytest.CaptureFixture[str]) -> None:
    with _greetings_unheard():
        os.write(2, b"oneDNN is on\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def failing() -> None:
    with _greetings_unheard():
        os.write(2, b"no such instruction\n")
        raise ImportError


def test_what_is_said_before_a_failure_is_heard(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ImportError):
        failing()
    assert capfd.readouterr().err == "no such instruction\n"
