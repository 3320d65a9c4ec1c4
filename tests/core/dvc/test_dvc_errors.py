"""What a person reads when DVC, or the library of a remote, fails."""

import errno
import sqlite3

import pytest
from dvc.exceptions import DvcException

from stages.core.dvc.dvc_errors import remote_errors
from stages.core.errors import UserError


class NoCredentialsError(Exception):
    """As that of botocore."""


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            NoCredentialsError("Unable to locate\ncredentials"),
            "the remote team: no access (NoCredentialsError: Unable to locate credentials); correct its address, or "
            "the credentials of this machine",
        ),
        (
            TimeoutError(),
            "the remote team: no access (TimeoutError); correct its address, or the credentials of this machine",
        ),
        (
            ImportError("s3 is supported, but requires 'dvc-s3' to be installed"),
            "the remote team: a library is not installed: s3 is supported, but requires 'dvc-s3' to be installed; run "
            "`make setup EXTRAS=s3`",
        ),
    ],
)
def test_no_access_to_a_remote_is_one_message(error: Exception, message: str) -> None:
    with pytest.raises(UserError) as raised, remote_errors("the remote team"):
        raise error
    assert str(raised.value) == message


def test_no_secret_is_in_the_message() -> None:
    with pytest.raises(UserError, match=r"https://\*\*\*@example.org/a\?sig=\*\*\*"), remote_errors("the remote team"):
        raise OSError("no connection to https://bob:hunter2@example.org/a?sig=abc")


@pytest.mark.parametrize(
    "error",
    [
        DvcException("a"), UserError("a"), sqlite3.OperationalError("a"), OSError(errno.ENOSPC, "full"),
    ],
)  # fmt: skip
def test_other_errors_stay_as_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, remote_errors("the remote team"):
        raise error
    assert raised.value is error
