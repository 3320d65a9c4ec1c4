import os

import pytest

from stages.core.runtime.hide_stderr import hide_stderr


def write_and_raise() -> None:
    with hide_stderr():
        os.write(2, b"of a C++ library\n")
        raise ValueError("inside")


def test_stderr_is_hidden_and_comes_back(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="inside"):
        write_and_raise()
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"
