"""Records of the work tree and of commits."""

from pathlib import Path

import pytest
from dvc.repo import Repo

from stages.cli.cache.commits_and_work_trees import WORK_TREE, recorded_commits, work_trees
from stages.cli.cache.gc.unused_files import Folders
from stages.cli.cache.needed_objects import needed_objects
from stages.cli.cache.recorded_output_files import Output, earlier_outputs, recorded_outputs_of_all
from stages.core.dvc.storage.object_stores import Storage
from tests.cli.cache.damage_objects import recorded
from tests.stories.plain_repository import run


def outputs_by_path() -> dict[str, list[Output]]:
    found: dict[str, list[Output]] = {}
    for output in recorded_outputs_of_all():
        found.setdefault(output.path, []).append(output)
    return found


def test_each_output_has_the_places_of_its_record(repository: Path) -> None:
    head, wider = (run(repository, "git", "rev-parse", "--short=7", name).strip() for name in ("main", "wider"))
    places = recorded_outputs_of_all()
    of_a = Output("data/raw/a", recorded("data/raw/a"), "download@a")
    assert places[of_a] == [WORK_TREE, f"main ({head})", f"wider ({wider})"]
    assert sorted(map(tuple, (places[o] for o in outputs_by_path()["data/raw/b"]))) == [
        (WORK_TREE, f"main ({head})"),
        (f"wider ({wider})",),
    ]


def test_what_dvc_yaml_says_about_an_output(repository: Path) -> None:
    [metrics] = outputs_by_path()["metrics/a.json"]
    assert (metrics.is_cached, metrics.is_pushed, metrics.remote) == (False, True, None)
    pipeline = Path("dvc.yaml").read_text()
    Path("dvc.yaml").write_text(
        pipeline.replace('outs: ["data/raw/${key}"]', 'outs: [{"data/raw/${key}": {push: false, remote: other}}]')
    )
    [here] = [o for o in outputs_by_path()["data/raw/a"] if o.remote]
    assert (here.is_cached, here.is_pushed, here.remote) == (True, False, "other")


def test_files_that_were_added(repository: Path) -> None:
    Path("added.csv").write_text("1")
    run(repository, "dvc", "add", "--quiet", "added.csv")
    assert [o.stage for o in outputs_by_path()["added.csv"]] == ["added.csv.dvc"]


def test_results_of_dvc_2_are_left_to_it(repository: Path) -> None:
    Path("dvc.lock").write_text("schema: '2.0'\nstages:\n  a:\n    cmd: b\n    outs:\n    - path: c\n      md5: d\n")
    assert "c" not in outputs_by_path()


def test_outputs_of_earlier_commits(repository: Path) -> None:
    run(repository, "git", "branch", "--quiet", "-D", "wider")
    name = recorded("data/raw/a")
    run(repository, "git", "rm", "--quiet", "dvc.lock")
    run(repository, "git", "commit", "--quiet", "--message", "no results")
    assert recorded_outputs_of_all() == {}
    assert name in {output.md5 for output in earlier_outputs()}


@pytest.mark.parametrize(
    ("reference", "shown"),
    [("refs/tags/v1", "tag v1"), ("refs/exps/1a/2b3c/apt-yolk", "experiment apt-yolk"), ("refs/remotes/o/x", "o/x")],
)
def test_names_of_references(reference: str, shown: str, repository: Path) -> None:
    run(repository, "git", "update-ref", reference, "main")
    commit = run(repository, "git", "rev-parse", "main").strip()
    assert f"{shown} ({commit[:7]})" in recorded_commits()[commit]


def test_a_tag_of_a_blob_is_no_record(repository: Path) -> None:
    run(repository, "git", "tag", "text", run(repository, "git", "rev-parse", "main:dvc.yaml").strip())
    assert len(recorded_commits()) == 2


def test_running_experiments_have_a_work_tree(repository: Path) -> None:
    folder = repository / ".dvc/tmp/exps/standard/tmp1"
    folder.mkdir(parents=True)
    assert [str(path) for path in work_trees()] == [".", ".dvc/tmp/exps/standard/tmp1"]


def test_all_that_dvc_collects_is_needed(repository: Path) -> None:
    run(repository, "git", "tag", "v1", "wider")
    run(repository, "git", "update-ref", "refs/exps/1a/2b3c/apt-yolk", "wider")
    storage = Storage()
    needed = needed_objects(recorded_outputs_of_all(), Folders([storage.cache()]).files)
    with Repo() as repo:
        used = repo.used_objs(all_branches=True, all_tags=True, all_experiments=True)
    collected = {info.value for infos in used.values() for info in infos}
    assert len(collected) > 20
    assert collected < needed.keys()
    assert needed.keys() - collected == {o.md5 for o in recorded_outputs_of_all() if not o.is_cached}
