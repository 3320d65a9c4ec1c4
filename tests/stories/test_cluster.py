"""`restage run --on`: chains run on the workers of a Dask cluster, and the record is that of a serial run."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories import light_pipeline
from tests.stories.dask_cluster import DaskCluster, dask_cluster, wait_until
from tests.stories.repo import Repo, environment, remove
from tests.stories.servers.s3 import s3_remote

pytestmark = pytest.mark.long
CHAINS = ("ant", "bee", "cat", "dog")
# The training stops after three epochs, for ever if there is no file `go`.
SAVED = "temporary.replace(self.path)\n"
PAUSE = f"""{SAVED}        while len(history) == 3 and not Path("go").exists():
            Path("paused").touch()
            time.sleep(0.1)
"""
NO_CREDENTIALS = "NoCredentialsError: Unable to locate credentials"
SLOW = "\nimport time\nif stage == 'train': time.sleep({})\n"


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory, preloaded: str) -> Repo:
    """Four chains that have run, with a folder as remote that has no result; the last stage of each is stale."""
    repo = light_pipeline.create(tmp_path_factory.mktemp("four") / "repo", CHAINS, preloaded)
    repo.edit(".dvc/config", "[core]\n", "[core]\n    remote = team\n")
    repo.append(".dvc/config", "['remote \"team\"']\n    url = ../../remote\n")
    light_pipeline.write_code(repo, "train", {"comment": 0, "limit": light_pipeline.LIMIT, "revision": 1})
    repo.commit("Train differently")
    return repo


@pytest.fixture
def repo(four: Repo, tmp_path: Path) -> Repo:
    return four.copy(tmp_path / "repo")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path / "cluster") as started:
        yield started


@pytest.fixture
def serial(four: Repo, tmp_path: Path) -> Repo:
    """The same changes, run here, one chain at a time."""
    other = four.copy(tmp_path / "serial")
    other.restage("run", "--jobs", "1", "--no-preload")
    return other


def make_slow(repo: Repo, seconds: float) -> None:
    """The script is no dependency, so that the records stay the same."""
    repo.edit("code/stage.py", "code = json", f"{SLOW.format(seconds)}code = json")
    repo.commit("Slow")


def start(repo: Repo, *options: str) -> "subprocess.Popen[bytes]":
    with output_file(repo).open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "stages.cli", "run", *options], cwd=repo.path, env=environment(), stdout=output,
            stderr=subprocess.STDOUT,
        )  # fmt: skip


def output_file(repo: Repo) -> Path:
    return repo.path.parent / "output.txt"


def end(process: "subprocess.Popen[bytes]", repo: Repo) -> str:
    process.wait(timeout=300)
    return output_file(repo).read_text()


def assert_same(repo: Repo, serial: Repo) -> None:
    for name in ("dvc.lock", "reports/index.html", *(f"reports/metrics/{key}.json" for key in CHAINS)):
        assert repo.read(name) == serial.read(name)
    assert repo.restage("run").stdout == f"nothing to run: {', '.join(CHAINS)}\n"


def test_workers_with_own_caches_and_a_remote(repo: Repo, serial: Repo, cluster: DaskCluster) -> None:
    printed = repo.restage("run", "--on", cluster.address).stdout
    assert [line for line in printed.splitlines() if line.startswith("train@")]
    assert_same(repo, serial)
    for name in cluster.workers:
        folder = cluster.worker_folder(name)
        assert (folder / "repo/copy-0/stages").is_dir()
        assert list((folder / "repo/cache").rglob("*")), f"{name} ran nothing"
    assert "exec python3 -S code/stage.py train ant" in repo.read(".dvc/tmp/restage/output/train@ant.txt")


def test_workers_of_this_machine_without_a_remote(repo: Repo, serial: Repo) -> None:
    repo.edit(".dvc/config", "    remote = team\n", "")
    repo.commit("No remote")
    repo.restage("run", "--on", "dask", "--jobs", "2")
    assert_same(repo, serial)


def test_chains_that_never_ran(four: Repo, cluster: DaskCluster, tmp_path: Path) -> None:
    """Their first stages read no output of another stage but the guard."""
    repo = four.copy(tmp_path / "repo")
    for name in ("dvc.lock", "data", ".dvc/cache", "reports"):
        remove(repo.path / name)
    repo.commit("Nothing has run")
    serial = repo.copy(tmp_path / "serial")
    repo.restage("run", "--on", cluster.address)
    serial.restage("run", "--jobs", "1", "--no-preload")
    assert_same(repo, serial)


def test_a_killed_worker(repo: Repo, serial: Repo, cluster: DaskCluster) -> None:
    make_slow(repo, 2)
    process = start(repo, "--on", cluster.address)
    wait_until(lambda: any((cluster.worker_folder("first") / "repo/copy-0/.dvc/tmp/restage/output").glob("train@*")))
    cluster.kill(cluster.workers["first"])
    printed = end(process, repo)
    assert process.returncode == 0, printed
    assert_same(repo, serial)


def test_a_worker_with_another_version(repo: Repo, serial: Repo, cluster: DaskCluster, tmp_path: Path) -> None:
    """Another version of the package's metadata is found first."""
    fake = tmp_path / "packages/numpy-1.0.dist-info"
    fake.mkdir(parents=True)
    (fake / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 1.0\n")
    cluster.start_worker("third", env={"PYTHONPATH": str(fake.parent)})
    done = repo.restage("run", "--on", cluster.address)
    assert "worker third (tcp://127.0.0.1:" in done.stderr
    assert "is not used: numpy is 1.0, needed is " in done.stderr
    assert not cluster.worker_folder("third").exists()
    assert_same(repo, serial)
    for name in ("first", "second"):
        cluster.kill(cluster.workers[name])
    light_pipeline.write_code(repo, "train", {"comment": 0, "limit": light_pipeline.LIMIT, "revision": 2})
    repo.commit("Again")
    time.sleep(1)
    done = repo.restage("run", "--on", cluster.address, ok=False)
    assert done.returncode == 1
    assert "no worker fits" in done.stderr


def test_a_scheduler_that_dies(repo: Repo, cluster: DaskCluster) -> None:
    make_slow(repo, 60)
    process = start(repo, "--on", cluster.address)
    wait_until(cluster.chain_processes)
    cluster.kill(cluster.scheduler)
    started = time.monotonic()
    printed = end(process, repo)
    assert process.returncode == 1
    assert time.monotonic() - started < 15
    assert "does not answer any more" in printed
    assert "Traceback" not in printed
    wait_until(lambda: not cluster.chain_processes())


def test_a_scheduler_that_is_not_there(repo: Repo) -> None:
    started = time.monotonic()
    done = repo.restage("run", "--on", "tcp://127.0.0.1:9", ok=False)
    assert time.monotonic() - started < 30
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("restage: run: the Dask scheduler at tcp://127.0.0.1:9 does not answer")


def test_ctrl_c_ends_the_processes_on_the_workers(repo: Repo, serial: Repo, cluster: DaskCluster) -> None:
    make_slow(repo, 60)
    process = start(repo, "--on", cluster.address)
    wait_until(lambda: any(cluster.folder.glob("*-folder/repo/copy-0/.dvc/tmp/restage/output/train@*")))
    process.send_signal(signal.SIGINT)
    printed = end(process, repo)
    assert process.returncode == 130, printed
    assert not cluster.chain_processes()
    make_fast(repo)
    repo.restage("run", "--on", cluster.address)
    assert_same(repo, serial)


def test_an_s3_server_as_remote(four: Repo, serial: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials are in the environment. One worker has none; then the caller and another worker are killed."""
    repo = four.copy(tmp_path / "repo")
    monkeypatch.setenv("HOME", str(tmp_path))  # without the credentials of the person who runs the tests
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with s3_remote(tmp_path) as remote, dask_cluster(tmp_path / "cluster", workers=["keyless"]) as cluster:
        repo.dvc("remote", "modify", "team", "url", remote.address)
        for name, value in remote.local_options.items():
            repo.dvc("remote", "modify", "team", name, value)
        make_slow(repo, 3)
        done = repo.restage("run", "ant", "--on", cluster.address, ok=False)
        assert done.returncode == 1
        assert f"restage: run: the remote team: no access ({NO_CREDENTIALS})" in done.stderr

        for name, value in remote.environment.items():
            monkeypatch.setenv(name, value)
        done = repo.restage("run", "ant", "--on", cluster.address, ok=False)
        assert done.returncode == 1
        assert "train@ant: failed; its output:\non the worker keyless (tcp://127.0.0.1:" in done.stdout
        assert f"the remote team ({remote.address}): no access ({NO_CREDENTIALS})" in done.stdout
        assert "Traceback" not in done.stdout
        cluster.kill(cluster.workers.pop("keyless"))

        for name in ("first", "second"):
            cluster.start_worker(name)
        process = start(repo, "--on", cluster.address)
        wait_until(lambda: remote.files.find(f"{remote.folder}/runs"))
        process.kill()
        end(process, repo)
        finished = len(remote.files.find(f"{remote.folder}/runs"))
        cluster.kill(cluster.workers.pop("first"))
        printed = repo.restage("run", "--on", cluster.address).stdout
        ran = [line for line in printed.splitlines() if line.startswith("train@") and " s (" in line]
        assert len(ran) <= len(CHAINS) - finished
        for file in (".dvc/config", "code/stage.py"):
            serial.write(file, repo.read(file))
        assert_same(repo, serial)


def make_fast(repo: Repo) -> None:
    repo.edit("code/stage.py", SLOW.format(60), "")
    repo.commit("Fast")


def test_a_killed_caller(repo: Repo, serial: Repo, cluster: DaskCluster, tmp_path: Path) -> None:
    """What was finished is in the run cache of the remote."""
    make_slow(repo, 3)
    process = start(repo, "--on", cluster.address)
    wait_until(lambda: any((tmp_path / "remote/runs").rglob("*")) if (tmp_path / "remote/runs").is_dir() else False)
    process.kill()
    end(process, repo)
    wait_until(lambda: not cluster.chain_processes())
    finished = len(list((tmp_path / "remote/runs").glob("*/*/*")))
    printed = repo.restage("run", "--on", cluster.address).stdout
    ran = [line for line in printed.splitlines() if line.startswith("train@") and " s (" in line]
    assert len(ran) == len(CHAINS) - finished
    assert_same(repo, serial)


def test_what_is_not_committed_goes_only_if_asked(repo: Repo, serial: Repo) -> None:
    repo.edit("code/train.json", '"revision": 1', '"revision": 2')
    done = repo.restage("run", "--on", "dask", ok=False)
    assert done.returncode == 1
    assert "not committed: code/train.json" in done.stderr
    assert "--with-changes" in done.stderr
    repo.restage("run", "--on", "dask", "--with-changes", "--jobs", "2")
    serial.edit("code/train.json", '"revision": 1', '"revision": 2')
    serial.restage("run", "--jobs", "1", "--no-preload")
    assert_same(repo, serial)


def test_neither_remote_nor_shared_cache(repo: Repo, cluster: DaskCluster) -> None:
    repo.edit(".dvc/config", "    remote = team\n", "")
    repo.commit("No remote")
    done = repo.restage("run", "--on", cluster.address, ok=False)
    assert done.returncode == 1
    assert "there is no remote, and the cache is in this clone; configure one of the two" in done.stderr


def test_a_cache_that_all_see(repo: Repo, serial: Repo, cluster: DaskCluster, tmp_path: Path) -> None:
    shutil.move(repo.path / ".dvc/cache", tmp_path / "cache")
    repo.write(".dvc/config.local", f"[cache]\n    dir = {tmp_path / 'cache'}\n")
    repo.restage("run", "--on", cluster.address)
    assert not (tmp_path / "remote").exists()
    assert not (cluster.worker_folder("first") / "repo/cache").exists()
    assert_same(repo, serial)


def test_a_chain_that_no_worker_has_room_for_says_so(repo: Repo, cluster: DaskCluster) -> None:
    repo.edit("conf/dataset/ant.yaml", "  batch: 4", "  batch: 4\n  threads: 3")
    repo.restage("compose")
    cluster.start_worker("third", "--resources", "threads=2")
    process = start(repo, "ant", "--on", cluster.address)
    wait_until(lambda: "waits:" in output_file(repo).read_text())
    process.send_signal(signal.SIGINT)
    printed = end(process, repo)
    assert "ant waits: it needs threads: 3, and no worker has it; " in printed
    assert "third (tcp://127.0.0.1" in printed


def test_a_training_continues_on_another_worker(finished: Repo, cluster: DaskCluster, tmp_path: Path) -> None:
    """With a shared cache the checkpoints are shared, too. The first worker dies in the middle of the training."""
    repo = finished.copy(tmp_path / "repo")
    repo.edit("stages/train/loop/checkpoint.py", "SAVE_INTERVAL = 10.0", "SAVE_INTERVAL = 0.0")
    repo.edit("stages/train/loop/checkpoint.py", SAVED, PAUSE)
    repo.edit("stages/train/loop/compiled_epochs.py", "SAMPLES_PER_CALL = 100_000", "SAMPLES_PER_CALL = 1")
    repo.edit("conf/suite/starter.yaml", "{epochs: 2, model: {units: [8]}}", "{epochs: 6, model: {units: [8]}}")
    repo.restage("compose")
    repo.commit("A training of six epochs")
    serial = repo.copy(tmp_path / "serial")
    serial.write("go", "")
    serial.restage("run", "iris", "--no-preload")
    shutil.move(repo.path / ".dvc/cache", tmp_path / "cache")
    repo.write(".dvc/config.local", f"[cache]\n    dir = {tmp_path / 'cache'}\n")
    process = start(repo, "iris", "--on", cluster.address)
    wait_until(lambda: process.poll() is not None or any(cluster.folder.glob("*-folder/repo/copy-0/paused")))
    [paused] = cluster.folder.glob("*-folder/repo/copy-0/paused")
    cluster.kill(cluster.workers[paused.relative_to(cluster.folder).parts[0].removesuffix("-folder")])
    printed = end(process, repo)
    assert process.returncode == 0, printed
    assert "resuming after epoch 3" in repo.read(".dvc/tmp/restage/output/train@iris.txt")
    assert "resuming" not in serial.read(".dvc/tmp/restage/output/train@iris.txt")
    assert repo.read("dvc.lock") == serial.read("dvc.lock")
