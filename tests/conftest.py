"""Profiles of the property tests: `python -m pytest --hypothesis-profile=long` runs each fifty times as long."""

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("long", max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def traced() -> Iterator[None]:
    """Memory is counted from here on. Begun and ended once: Arrow's threads may still be at work between two reads."""
    tracemalloc.start()
    yield
    tracemalloc.stop()
