import pytest

from stages.cli.run.execution.open_executor import check_memory, check_place
from stages.core.errors import UserError


@pytest.mark.parametrize("name", ["local", "dask", "tcp://scheduler:8786", "tls://10.0.0.1:8786"])
def test_places(name: str) -> None:
    check_place(name)


@pytest.mark.parametrize("name", ["", "Local", "http://scheduler:8786", "scheduler:8786"])
def test_other_places_are_refused(name: str) -> None:
    with pytest.raises(UserError, match="allowed are local, dask"):
        check_place(name)


def test_datasets_that_ask_for_more_than_there_is_are_named() -> None:
    datasets = {"a": {"resources": {"memory": "4GB"}}, "b": {"resources": {"memory": "1GB"}}, "c": {}}
    check_memory(None, datasets)
    check_memory(4_000_000_000, datasets)
    with pytest.raises(UserError, match=r"--memory 2 GB is less than what resources.memory asks for: a \(4 GB\); "):
        check_memory(2_000_000_000, datasets)
