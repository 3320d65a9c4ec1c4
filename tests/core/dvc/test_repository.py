"""What Restage relies on in DVC, against the installed DVC. A failure here means that DVC changed.

The stages are plain commands of a small repository, so that nothing but DVC and our adapter is tested.
"""

import inspect
import os
import subprocess
import sys
from pathlib import Path

import dvc
import pytest
import yaml
from dvc.repo import Repo
from dvc.repo.graph import get_subgraph_of_nodes
from dvc.repo.reproduce import plan_repro
from dvc.stage import PipelineStage

from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.lock_file.lock_file import LOCK, back_up_lock_file, read_lock_file
from stages.core.dvc.lock_file.recorded_inputs import RecordedInput, recorded_inputs
from stages.core.dvc.repository import Repository
from stages.core.dvc.storage.cache import cache_object, folder_entries, is_damaged, md5_of_file, md5_of_folder
from stages.core.errors import UserError

DVC = f"DVC {dvc.__version__} differs from what stages/core/dvc relies on"
PIPELINE = """\
stages:
  first:
    cmd: cp source first
    deps:
      - source
    outs:
      - first
  folder:
    foreach: [a, b]
    do:
      cmd: mkdir -p folder_${item} && cp first folder_${item}/copy
      deps:
        - first
      params:
        - params/${item}.json:
            - train
      outs:
        - folder_${item}
  last:
    cmd: cat folder_a/copy folder_b/copy > last
    deps:
      - folder_a
      - folder_b
    outs:
      - last:
          cache: false
"""
ROOT = Path(__file__).parents[3]
ORDER = ["first", "folder@a", "folder@b", "last"]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """All stages ran and are recorded."""
    monkeypatch.chdir(tmp_path)
    Repo.init(no_scm=True).close()
    Path("dvc.yaml").write_text(PIPELINE)
    Path("source").write_text("1")
    Path("params").mkdir()
    for item in "ab":
        Path(f"params/{item}.json").write_text('{"train": {"epochs": 1}, "report": {}}')
    repository = Repository()
    run(repository, ORDER)
    return repository


def run(repository: Repository, names: list[str]) -> list[str]:
    """Which of them were not up to date."""
    with repository.locked():
        repository.read_stages()
        changed = [name for name in names if repository.reproduce(name)]
        repository.record(changed)
    return changed


def changed(repository: Repository) -> list[str]:
    with repository.locked():
        return sorted(repository.changed(repository.read_stages()))


def test_stages_are_in_the_order_of_a_serial_run(repository: Repository) -> None:
    assert repository.read_stages() == ORDER, DVC
    assert repository.with_ancestors(["folder@b"]) == {"first", "folder@b"}, DVC
    assert repository.with_ancestors([]) == set()


def test_a_second_run_finds_nothing_to_do(repository: Repository) -> None:
    assert changed(repository) == []
    assert run(repository, ORDER) == []


def changed_for_dvc() -> list[str]:
    with Repo() as repo, repo.lock:
        return sorted(stage.addressing for stage in repo.index.stages if stage.changed())


@pytest.mark.parametrize(
    ("edit", "stale"),
    [
        (lambda: Path("source").write_text("2"), ["first"]),
        (lambda: Path("params/a.json").write_text('{"train": {"epochs": 2}}'), ["folder@a"]),
        (lambda: Path("params/a.json").write_text('{"train": {"epochs": 1}, "report": {"title": 1}}'), []),
        (lambda: Path("folder_b/copy").unlink(), ["folder@b", "last"]),
        (lambda: Path("last").unlink(), ["last"]),
        (lambda: Path("dvc.yaml").write_text(PIPELINE.replace("cat folder_a", "cat  folder_a")), ["last"]),
        (lambda: LOCK.unlink(), ORDER),
        (lambda: os.utime("source", (1, 1)), []),
    ],
    ids=["dependency", "parameter", "another section", "output folder", "output", "command", "no record", "time"],
)
def test_changed_is_what_dvc_takes_for_changed(edit, stale: list[str], repository: Repository) -> None:
    edit()
    assert changed(repository) == stale
    assert changed_for_dvc() == stale, DVC


def test_an_output_that_left_the_cache_is_stale(repository: Repository) -> None:
    for file in Path(".dvc/cache").rglob("*"):
        if file.is_file() and file.read_bytes() == b"1":
            file.unlink()
    assert changed(repository) == changed_for_dvc(), DVC


def test_what_is_recorded(repository: Repository) -> None:
    """The names that Restage reads in dvc.lock."""
    recorded = read_lock_file()
    assert sorted(recorded) == ORDER
    assert recorded["folder@a"]["params"] == {"params/a.json": {"train": {"epochs": 1}}}, DVC
    assert recorded["first"]["deps"][0] == {
        "path": "source",
        "hash": "md5",
        "md5": md5_of_file(Path("source")),
        "size": 1,
    }
    assert recorded["folder@a"]["outs"][0]["md5"].endswith(".dir"), DVC


def test_the_cache_is_read_as_dvc_writes_it(repository: Repository) -> None:
    md5 = md5_of_file(Path("folder_a/copy"))
    [folder] = [output.md5 for output in recorded_inputs([Path("folder_a")])]
    assert folder_entries(folder) == {"copy": md5}, DVC
    assert not is_damaged(md5), DVC
    cache_object(md5).chmod(0o644)
    cache_object(md5).write_bytes(b"damaged")
    assert is_damaged(md5), DVC


def test_a_folder_has_the_hash_that_dvc_records(repository: Repository) -> None:
    assert recorded_inputs([Path("folder_a")]) == [
        RecordedInput(Path("folder_a"), md5_of_folder({"copy": md5_of_file(Path("folder_a/copy"))}))
    ], DVC


def test_a_result_in_the_run_cache_is_restored_without_running(
    repository: Repository, caplog: pytest.LogCaptureFixture
) -> None:
    """The line by which `restage run` knows whether a stage ran."""
    line = "Running stage 'first'"
    Path("source").write_text("2")
    assert run(repository, ["first"]) == ["first"]
    assert line in caplog.text, DVC
    caplog.clear()
    Path("source").write_text("1")
    assert run(repository, ["first"]) == ["first"]
    assert line not in caplog.text, DVC
    assert Path("first").read_text() == "1"


def test_entries_are_sorted_as_a_serial_run_appends_them(repository: Repository) -> None:
    serial = LOCK.read_bytes()
    content = yaml.safe_load(serial)
    content["stages"] = dict(reversed(content["stages"].items()))
    LOCK.write_text(yaml.safe_dump(content, sort_keys=False))
    repository.sort_lock_file()
    assert LOCK.read_bytes() == serial, DVC


def test_a_message_of_dvc_is_shown_as_a_user_error(repository: Repository) -> None:
    Path("dvc.yaml").write_text("stages: [")
    with pytest.raises(UserError, match=r"dvc\.yaml"), dvc_errors():
        repository.read_stages()


@pytest.mark.error_case("merge")
def test_the_conflicts_of_a_merge_are_named(repository: Repository) -> None:
    LOCK.write_text(f"<<<<<<< HEAD\n{LOCK.read_text()}=======\n>>>>>>> better\n")
    with pytest.raises(UserError, match=r"dvc\.lock: holds the conflicts of a merge \(HEAD and better\)"), dvc_errors():
        repository.read_stages()


def test_what_a_killed_dvc_left_corrupt_is_repaired(repository: Repository) -> None:
    record = LOCK.read_bytes()
    back_up_lock_file()
    Path(".dvc/tmp/rwlock").write_text("")
    LOCK.write_text("")
    assert [message.split(",")[0] for message in repository.repair()] == [
        "removed .dvc/tmp/rwlock",
        "restored dvc.lock",
    ]
    assert repository.repair() == []
    assert LOCK.read_bytes() == record


def test_a_file_that_dvc_tracks_is_no_stage(repository: Repository) -> None:
    Path("own.csv").write_text("a\n1\n")
    with Repo() as repo:
        repo.add("own.csv")
    repository = Repository()
    assert repository.read_stages() == ORDER
    assert repository.with_ancestors(ORDER) == set(ORDER)


def test_the_record_is_the_text_that_dvc_writes(repository: Repository) -> None:
    record = LOCK.read_bytes()
    LOCK.unlink()
    with Repo() as repo, repo.lock:
        for stage in plan_repro(repo.index.graph):
            stage.reproduce()
            stage.dump(update_pipeline=False)
    assert LOCK.read_bytes() == record, DVC


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (Repo.__init__, {"_wait_for_lock"}),
        (plan_repro, {"graph"}),
        (get_subgraph_of_nodes, {"graph", "sources", "downstream"}),
        (PipelineStage.reproduce, {"self", "interactive", "kwargs"}),
    ],
)
def test_parameters_that_are_passed_to_dvc(function, parameters: set[str]) -> None:
    assert parameters <= inspect.signature(function).parameters.keys(), DVC


@pytest.mark.parametrize(
    "name",
    [
        "addressing",
        "always_changed",
        "changed_stage",
        "deps",
        "dvcfile",
        "frozen",
        "is_callback",
        "is_data_source",
        "outs",
        "reproduce",
    ],
)
def test_attributes_of_dvc_s_stages(name: str, repository: Repository) -> None:
    with Repo() as repo, repo.lock:
        assert all(hasattr(stage, name) for stage in repo.index.stages), DVC


# A thread holds the lock of standard output: nobody reads what it prints. In the fork that lock stays held.
FORK_WHILE_A_THREAD_PRINTS = """
import logging, os, signal, sys, threading, time
os.dup2(os.pipe()[1], 1)
from stages.core.dvc.repository import prepare_forked_process
threading.Thread(target=lambda: print("x" * 1_000_000, flush=True), daemon=True).start()
time.sleep(1)
process = os.fork()
if process == 0:
    signal.alarm(20)
    sys.stdout = open(sys.argv[1], "w")
    prepare_forked_process()
    logging.getLogger("dvc.stage").info("Running stage")
    sys.stdout.flush()
    os._exit(0)
os._exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) & 0xFF)
"""


def test_a_forked_process_prints_to_its_own_streams_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FORK_WHILE_A_THREAD_PRINTS, str(tmp_path / "out")]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False, timeout=120)
    assert done.returncode == 0, DVC
    assert (tmp_path / "out").read_text() == "Running stage\n", DVC
