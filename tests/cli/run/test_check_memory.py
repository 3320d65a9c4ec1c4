import pytest

from stages.cli.run.check_memory import check_memory
from stages.core.errors import UserError


def test_datasets_that_ask_for_more_than_there_is_are_named() -> None:
    datasets = {"a": {"resources": {"memory": "4GB"}}, "b": {"resources": {"memory": "1GB"}}, "c": {}}
    check_memory(None, datasets)
    check_memory(4_000_000_000, datasets)
    with pytest.raises(UserError, match=r"--memory 2 GB is less than what resources.memory asks for: a \(4 GB\); "):
        check_memory(2_000_000_000, datasets)
