"""Which datasets a person may name."""

import pytest

from stages.cli.dataset_keys import check_keys
from stages.core.errors import UserError


def test_unknown_keys_are_named_with_the_nearest() -> None:
    with pytest.raises(UserError) as refused:
        check_keys(["iris", "wien", "zzz"], ["iris", "wine"])
    assert refused.value.messages == (
        "params.yaml: no dataset 'wien'; did you mean wine?",
        "params.yaml: no dataset 'zzz'; allowed: iris, wine",
    )


def test_a_key_that_is_none_is_said_to_be_so() -> None:
    with pytest.raises(UserError, match="lower-case"):
        check_keys(["Iris"], ["iris"])
