"""A finished run of the small suite, made once for all workers, and a copy of it for each test."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from filelock import FileLock

from tests.stories import light_pipeline
from tests.stories.preloaded import preloaded_servers, servers_in_use
from tests.stories.repo import Repo, clone

FIRST_RUN = "finished.txt"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The stories come first: they take long, and at the end one worker would wait for another."""
    for item in items:
        if is_story(item):
            item.add_marker(pytest.mark.story)
    items.sort(key=is_story, reverse=True)


def is_story(item: pytest.Item) -> bool:
    return "stories" in item.path.parts


@pytest.fixture(scope="session")
def preloaded(shared: Path) -> Iterator[str]:
    """The folder of the fork servers, which the first worker starts for all."""
    note = shared / "preloaded.txt"
    with ExitStack() as stack:
        with FileLock(f"{note}.lock"):
            if not note.exists():
                note.write_text(stack.enter_context(preloaded_servers()))
            elif note.read_text():
                stack.enter_context(servers_in_use(note.read_text()))
        yield note.read_text()


@pytest.fixture(scope="session")
def finished(shared: Path, preloaded: str) -> Repo:
    """Run by `restage run`, whose output is in FIRST_RUN. test_same_bits does the same by `dvc repro`."""
    repo, output = Repo(shared / "finished", preloaded), shared / FIRST_RUN
    with FileLock(f"{repo.path}.lock"):
        if not output.exists():
            clone(repo.path, preloaded=preloaded)
            printed = repo.restage("run", "--jobs", "2", "--no-preload").stdout
            repo.commit("Results")
            repo.git("gc", "--quiet")  # fewer files to copy
            output.write_text(printed)
    return repo


@pytest.fixture(scope="session")
def light(shared: Path, preloaded: str) -> Repo:
    """A finished run of two datasets whose stages, besides the guard, need no library."""
    repo, created = Repo(shared / "light", preloaded), shared / "light.txt"
    with FileLock(f"{repo.path}.lock"):
        if not created.exists():
            light_pipeline.create(repo.path, ["ant", "bee"], preloaded)
            created.touch()
    return repo


@pytest.fixture
def small(light: Repo, tmp_path: Path) -> Repo:
    return light.copy(tmp_path / "repo")


@pytest.fixture
def repo(finished: Repo, tmp_path: Path) -> Repo:
    return finished.copy(tmp_path / "repo")
