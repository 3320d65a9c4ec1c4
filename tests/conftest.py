"""Settings for all tests. `python -m pytest --hypothesis-profile=long` runs each property test fifty times as long."""

import gc
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from stages.core.runtime.bootstrap import collect_garbage_rarely, pin_numpy

# As in every stage, and before NumPy is imported.
pin_numpy()
collect_garbage_rarely()

# No limits of time: on a machine with other work they fail by chance.
settings.register_profile("every run", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("every run")
settings.register_profile("long", max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))


def pytest_collection_finish() -> None:
    """The collector need not search again what was imported: a sixth of the time of some tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of all workers."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="module")
def traced() -> Iterator[None]:
    """Count memory from here on. Started once for the module: Arrow's threads may still run between two tests."""
    thresholds = gc.get_threshold()
    gc.set_threshold(700)  # or garbage would count as used memory
    st.text().validate()  # Hypothesis makes its table of characters once for a clone: 2 s, and 67 s with counted memory
    tracemalloc.start()
    yield
    tracemalloc.stop()
    gc.set_threshold(*thresholds)
