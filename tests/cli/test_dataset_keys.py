"""Dataset keys as arguments of a command."""

import pytest

from stages.cli.dataset_keys import check_keys
from stages.core.errors import UserError


def test_all_unknown_keys_are_reported_with_suggestions() -> None:
    with pytest.raises(UserError) as caught:
        check_keys(["iris", "wien", "zzz"], ["iris", "wine"])
    assert caught.value.messages == (
        "params.yaml: no dataset 'wien'; did you mean wine?",
        "params.yaml: no dataset 'zzz'; allowed: iris, wine",
    )


def test_an_invalid_key_is_reported_as_such() -> None:
    with pytest.raises(UserError, match="lower-case"):
        check_keys(["Iris"], ["iris"])
