import pytest

from stages.cli.run.execution.open_executor import check_place
from stages.core.errors import UserError


@pytest.mark.parametrize("name", ["local", "dask", "tcp://scheduler:8786", "tls://10.0.0.1:8786"])
def test_places(name: str) -> None:
    check_place(name)


@pytest.mark.parametrize("name", ["", "Local", "http://scheduler:8786", "scheduler:8786"])
def test_other_places_are_refused(name: str) -> None:
    with pytest.raises(UserError, match="allowed are local, dask"):
        check_place(name)
