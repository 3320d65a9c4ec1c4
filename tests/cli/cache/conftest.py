"""A small finished repository with two branches and a folder remote, as current folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.plain_repository import build, copy


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("built"))


@pytest.fixture
def repository(built: Path, tmp_path: Path) -> Iterator[Path]:
    with copy(built, tmp_path) as work:
        yield work
