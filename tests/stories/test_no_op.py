"""A run that ends because the state of the files is known says nothing else than DVC would."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from stages.cli.run.nothing_to_run import nothing_to_run
from stages.cli.run.run import RunOptions, run
from stages.core.dvc.repository import Repository
from stages.core.parameters.read_params import read_params
from tests.stories import light_pipeline, random_changes
from tests.stories.repo import Repo

RANDOM_CHANGES = 8
Change = Callable[[Repo], object]


@pytest.fixture
def known(small: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """The state in which nothing is stale is known."""
    monkeypatch.chdir(small.path)
    run(RunOptions())
    assert nothing_to_run([], wait=True)
    return small


def stale_stages() -> set[str]:
    """As DVC finds them, which are the same as those of a run."""
    for_dvc, for_run = (stale_in(Repository(params)) for params in (None, read_params()))
    assert for_run == for_dvc
    return for_dvc


def stale_in(repository: Repository) -> set[str]:
    return repository.changed(repository.read_stages())


def append(name: str, text: str) -> Change:
    return lambda repo: repo.append(name, text)


def touch(repo: Repo) -> None:
    for name in ("code/train.json", "conf/dataset/ant.yaml", "data/models/bee", "stages/core/paths.py"):
        (repo.path / name).touch()


def without_objects(_: Repo) -> None:
    """Another clone with the same cache has called `dvc gc`."""
    shutil.rmtree(".dvc/cache/files")


def code_by_git(repo: Repo) -> None:
    light_pipeline.write_code(repo, "train", {"comment": 1, "limit": 5, "revision": 1})
    repo.commit("Code")


def with_values(name: str, old: str, new: str) -> Change:
    return lambda repo: repo.edit(name, old, new)


STALE: dict[str, Change] = {
    "a parameter": with_values("conf/dataset/ant.yaml", "epochs: 5", "epochs: 6"),
    "a comment in conf": append("conf/dataset/ant.yaml", "\n# A comment.\n"),
    "core's code": append("stages/core/paths.py", "\n# A comment.\n"),
    "a library of the guard": append("stages/locked/guard.txt", "paper==1.0 ; sys_platform == 'elsewhere'\n"),
    "code that is committed": code_by_git,
    "an accepted profile": lambda repo: light_pipeline.accept(repo, "bee", 10),
    "a new dataset": lambda repo: light_pipeline.add_dataset(repo, "cat"),
    "a removed dataset": lambda repo: light_pipeline.remove_dataset(repo, "bee"),
    "an edited output": append("data/models/bee", "more"),
    "no objects in the cache": without_objects,
    "no record": lambda _: Path("dvc.lock").unlink(),
}
NOT_STALE: dict[str, Change] = {
    "the times of files": touch,
    "what no stage reads": lambda repo: repo.write("README.md", "One line.\n"),
    "ranges of a search": lambda repo: repo.write("conf/tune/ant.yaml", "train.batch: [2, 3]\n"),
    "a commit": lambda repo: repo.git("commit", "--allow-empty", "--quiet", "--message", "None"),
}


@pytest.mark.parametrize("name", STALE)
def test_a_stale_stage_is_found(name: str, known: Repo) -> None:
    STALE[name](known)
    assert not nothing_to_run([], wait=True)
    assert stale_stages(), "this change is no example"


@pytest.mark.parametrize("name", NOT_STALE)
def test_without_a_stale_stage_nothing_runs(name: str, known: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    """Whether it is known at once or DVC is asked; afterwards it is known."""
    NOT_STALE[name](known)
    capsys.readouterr()
    if not nothing_to_run([], wait=True):
        run(RunOptions())
    assert capsys.readouterr().out.endswith("nothing to run: ant, bee\n")
    assert nothing_to_run([], wait=True)
    assert stale_stages() == set()


def test_only_what_is_not_known_is_compared(known: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also after a commit, and after a run of what had changed."""
    compared: list[str] = []
    original = Repository._changed_for_dvc

    def changed_for_dvc(repository: Repository, names: list[str]) -> set[str]:
        compared.extend(names)
        return original(repository, names)

    monkeypatch.setattr(Repository, "_changed_for_dvc", changed_for_dvc)
    known.edit("conf/dataset/ant.yaml", "epochs: 5", "epochs: 6")
    run(RunOptions())
    known.commit("Epochs")
    assert {*compared} == {"guard", "download@ant", "validate@ant", "train@ant", "summary"}
    compared.clear()
    run(RunOptions())
    known.append("data/models/bee", "more")
    run(RunOptions(keys=["bee"]))
    assert {*compared} == {"train@bee", "summary"}  # DVC puts a new file at each output of train


def test_random_changes(known: Repo) -> None:
    rng, found = random.Random(18), set[bool]()
    for _ in range(RANDOM_CHANGES):
        changes = [random_changes.change(known, rng) for _ in range(rng.choice((1, 1, 3)))]
        is_known = nothing_to_run([], wait=True)
        stale = stale_stages()
        assert not (is_known and stale), changes
        found.add(bool(stale))
        known.git("checkout", "--quiet", ".")
        known.git("clean", "--quiet", "--force", "-d")
        run(RunOptions())
        assert nothing_to_run([], wait=True)
    assert True in found
