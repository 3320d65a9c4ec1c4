import os
import platform
import tempfile

import pytest

from stages.core.errors import UserError
from stages.core.runtime.keras import _hide_import_messages, _replace_settings, pinned_settings


def import_with_message(error: type[Exception] | None = None) -> None:
    with _hide_import_messages():
        os.write(2, b"message of a C++ library\n")
        if error:
            raise error


def test_messages_of_an_import_are_hidden(capfd: pytest.CaptureFixture[str]) -> None:
    import_with_message()
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_messages_of_a_failed_import_are_shown(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ImportError):
        import_with_message(ImportError)
    assert capfd.readouterr().err == "message of a C++ library\n"


def test_without_a_folder_for_temporary_files_the_message_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/missing"])
    with pytest.raises(UserError, match=r"No usable temporary directory found in \['/missing'\]; .* TMPDIR"):
        import_with_message()


def test_settings_of_the_users_environment_are_removed() -> None:
    environment = {"HOME": "/home/anna", "TF_XLA_FLAGS": "--tf_xla_auto_jit=2", "ONEDNN_DEFAULT_FPMATH_MODE": "BF16"}
    _replace_settings(environment)
    ours = {"HOME": "/home/anna", "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    assert environment == ours | pinned_settings()


@pytest.mark.skipif(platform.machine() != "x86_64", reason="nothing is pinned on other processors")
def test_onednn_is_on_whatever_the_processor() -> None:
    assert pinned_settings()["TF_ENABLE_ONEDNN_OPTS"] == "1"
