"""`restage run`: what is refused before anything runs."""

import pytest

from stages.cli.running.run import check_keys, threads
from stages.core.errors import Mistake


def test_unknown_keys_are_named_with_the_nearest() -> None:
    with pytest.raises(Mistake) as refused:
        check_keys(["iris", "wien", "zzz"], ["iris", "wine"])
    assert refused.value.faults == (
        "params.yaml: no dataset 'wien'; did you mean wine?",
        "params.yaml: no dataset 'zzz'; allowed: iris, wine",
    )


def test_a_key_that_is_none_is_said_to_be_so() -> None:
    with pytest.raises(Mistake, match="lower-case"):
        check_keys(["Iris"], ["iris"])


def test_threads_are_what_training_was_given() -> None:
    datasets = {"iris": {"train": {"threads": 2}}, "wine": {"train": {}}}
    assert [threads(datasets, name) for name in ("iris", "wine", "guard")] == [2, 1, 1]
