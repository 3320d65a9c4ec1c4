"""`restage tune --on`: a study is the same bytes whatever workers it has."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from stages.cli.tune.study_folder import JOURNAL, RESULT, STUDIES
from tests.stories.dask_cluster import DaskCluster, dask_cluster, wait_until
from tests.stories.repo import Repo, environment
from tests.stories.test_tune import RANGES

pytestmark = pytest.mark.long
TRIALS = ("iris", "--trials", "10")


@pytest.fixture(scope="module")
def searched(finished: Repo, tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """A study with one process, and with a folder as remote that has no data."""
    repo = finished.copy(tmp_path_factory.mktemp("searched") / "repo")
    repo.write("conf/tune/iris.yaml", RANGES)
    repo.edit(".dvc/config", "[core]\n", "[core]\n    remote = team\n")
    repo.append(".dvc/config", "['remote \"team\"']\n    url = ../../remote\n")
    repo.commit("Ranges")
    repo.restage("tune", *TRIALS, "--jobs", "1")
    return repo


@pytest.fixture
def repo(searched: Repo, tmp_path: Path) -> Repo:
    copy = searched.copy(tmp_path / "repo")
    for name in (JOURNAL, RESULT):
        study_file(copy, name).unlink()
    return copy


def study_file(repo: Repo, name: str) -> Path:
    [folder] = (file.parent for file in (repo.path / STUDIES / "iris").glob("*/worker-1.log"))
    return folder / name


def start(repo: Repo, *options: str) -> "subprocess.Popen[bytes]":
    with (repo.path.parent / "output.txt").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "stages.cli", "tune", *TRIALS, *options], cwd=repo.path, env=environment(),
            stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip


def trial_is_running(cluster: DaskCluster) -> Callable[[], bool]:
    """A process of a worker has compiled something: it is in its first trial or after it."""
    return lambda: any(b"trial " in log.read_bytes() for log in cluster.folder.glob("*-folder/repo/copy-0.log"))


def assert_same(repo: Repo, searched: Repo) -> None:
    for name in (JOURNAL, RESULT):
        assert study_file(repo, name).read_bytes() == study_file(searched, name).read_bytes()
    assert repo.read("reports/tune/iris.html") == searched.read("reports/tune/iris.html")


def test_four_processes_of_this_machine(repo: Repo, searched: Repo) -> None:
    repo.restage("tune", *TRIALS, "--jobs", "4")
    assert_same(repo, searched)


def test_two_workers_with_own_caches_one_of_which_is_killed(repo: Repo, searched: Repo, tmp_path: Path) -> None:
    with dask_cluster(tmp_path / "cluster") as cluster:
        process = start(repo, "--on", cluster.address)
        wait_until(trial_is_running(cluster))
        [log, *_] = (log for log in cluster.folder.glob("*-folder/repo/copy-0.log") if b"trial " in log.read_bytes())
        cluster.kill(cluster.workers[log.relative_to(cluster.folder).parts[0].removesuffix("-folder")])
        assert process.wait(400) == 0, (tmp_path / "output.txt").read_text()
    assert (tmp_path / "remote").is_dir()
    assert_same(repo, searched)


def test_ctrl_c_ends_the_processes_on_the_workers_and_the_study_goes_on(
    repo: Repo, searched: Repo, tmp_path: Path
) -> None:
    with dask_cluster(tmp_path / "cluster", ["only"]) as cluster:
        process = start(repo, "--on", cluster.address)
        wait_until(lambda: study_file(repo, JOURNAL).is_file() and study_file(repo, JOURNAL).read_bytes())
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130, (tmp_path / "output.txt").read_text()
        assert not cluster.chain_processes()
    printed = repo.restage("tune", *TRIALS, "--on", "dask", "--jobs", "2").stdout
    assert "trials are in the journal" in printed
    assert_same(repo, searched)
