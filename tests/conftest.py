"""Settings for all tests. `python -m pytest --hypothesis-profile=long` runs each property test fifty times as long."""

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from stages.core.runtime.bootstrap import pin_linear_algebra

# As in every stage, and before NumPy is imported.
pin_linear_algebra()

settings.register_profile("long", max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def traced() -> Iterator[None]:
    """Count memory from here on. Started once for the module: Arrow's threads may still run between two tests."""
    tracemalloc.start()
    yield
    tracemalloc.stop()
