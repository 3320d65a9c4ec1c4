"""A finished run of the small suite, made once for all workers, and a copy of it for each test."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from filelock import FileLock

from tests.stories.preloaded import preloaded_servers, servers_in_use
from tests.stories.repo import Repo, clone

FIRST_RUN = "finished.txt"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "stories" in item.path.parts:
            item.add_marker(pytest.mark.story)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of all workers."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


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


@pytest.fixture
def repo(finished: Repo, tmp_path: Path) -> Repo:
    return finished.copy(tmp_path / "repo")
