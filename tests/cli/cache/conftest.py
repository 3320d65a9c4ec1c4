"""A small finished repository with two branches and a folder remote, as current folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.plain_repository import build_once, copy


@pytest.fixture(scope="session")
def built(shared: Path) -> Path:
    return build_once(shared / "plain")


@pytest.fixture
def repository(built: Path, tmp_path: Path) -> Iterator[Path]:
    with copy(built, tmp_path) as work:
        yield work
