"""One finished run of the small suite, made once for all workers and copied by whoever changes it."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from filelock import FileLock

from tests.stories.repo import Repo, clone
from tests.stories.warm import kept

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
def warm(shared: Path) -> Iterator[str]:
    """Kept by the first worker that needs it; when that has ended, the others' last stages load their own libraries."""
    place = shared / "warm"
    with ExitStack() as stack:
        with FileLock(f"{place}.lock"):
            if not place.exists():
                place.write_text(stack.enter_context(kept()))
        yield place.read_text()


@pytest.fixture(scope="session")
def finished(shared: Path, warm: str) -> Repo:
    """By `restage run`; what it said lies beside. The same by `dvc repro` is what test_same_bits is for."""
    repo, said = Repo(shared / "finished", warm), shared / FIRST_RUN
    with FileLock(f"{repo.path}.lock"):
        if not said.exists():
            told = clone(repo.path).restage("run", "-j", "2").stdout
            repo.commit("Results")
            repo.git("gc", "--quiet")  # a few files to copy, and not five hundred
            said.write_text(told)
    return repo


@pytest.fixture
def repo(finished: Repo, tmp_path: Path) -> Repo:
    return finished.copy(tmp_path / "repo")
