import os
import platform

import pytest

from stages.core.runtime.keras import _greetings_unheard, _settle, pinned_settings


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


def test_what_the_caller_told_tensorflow_is_forgotten() -> None:
    environment = {"HOME": "/home/anna", "TF_XLA_FLAGS": "--tf_xla_auto_jit=2", "ONEDNN_DEFAULT_FPMATH_MODE": "BF16"}
    _settle(environment)
    assert (
        environment
        == {"HOME": "/home/anna", "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"} | pinned_settings()
    )


@pytest.mark.skipif(platform.machine() != "x86_64", reason="elsewhere nothing is pinned")
def test_a_processor_does_not_choose_between_onednn_and_eigen() -> None:
    assert pinned_settings()["TF_ENABLE_ONEDNN_OPTS"] == "1"
