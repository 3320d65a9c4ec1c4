"""One finished run of the small suite, made once a session and copied by whoever changes it."""

from pathlib import Path

import pytest
from filelock import FileLock

from tests.stories.repo import Repo, clone


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "stories" in item.path.parts:
            item.add_marker(pytest.mark.story)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Repo:
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    base = shared / "finished"
    with FileLock(str(shared / "finished.lock")):
        if not (shared / "finished.done").exists():
            repo = clone(base)
            repo.repro()
            repo.commit("Results")
            (shared / "finished.done").touch()
    return Repo(base)


@pytest.fixture
def repo(finished: Repo, tmp_path: Path) -> Repo:
    return finished.copy(tmp_path / "repo")
