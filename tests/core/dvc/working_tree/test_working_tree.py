"""What `restage explain` relies on in DVC, against the installed DVC."""

import shutil
from pathlib import Path

import pytest

from stages.core.dvc.lock_file.lock_file import read_lock_file
from stages.core.dvc.repository import Repository
from stages.core.dvc.storage.run_cache import find_run, is_restorable, run_inputs
from stages.core.dvc.working_tree.content import Content
from stages.core.dvc.working_tree.declared_graph import DeclaredStage
from stages.core.dvc.working_tree.working_tree import WorkingTree
from tests.core.dvc.test_repository import DVC, ORDER, PIPELINE, changed, changed_for_dvc, run

WITH_PARAMS = "stages:\n  only:\n    foreach: ${datasets}\n    do:\n      cmd: echo ${key}\n      outs: ['${key}']\n"


@pytest.fixture
def tree(repository: Repository) -> WorkingTree:
    return WorkingTree()


def read(tree: WorkingTree) -> dict[str, DeclaredStage]:
    return {stage.name: stage for stage in tree.read_stages()}


def test_the_stages_are_those_of_a_serial_run(tree: WorkingTree) -> None:
    stages = read(tree)
    assert list(stages) == ORDER, DVC
    assert stages["folder@a"] == DeclaredStage(
        name="folder@a",
        command="mkdir -p folder_a && cp first folder_a/copy",
        deps=("first",),
        params={"params/a.json": ("train",)},
        outs=("folder_a",),
        frozen=False,
        always_runs=False,
        cacheable=True,
    )


def test_stages_for_other_parameters_than_those_of_params_yaml(tree: WorkingTree) -> None:
    Path("dvc.yaml").write_text(WITH_PARAMS)
    Path("params.yaml").write_text("datasets: {a: {}}\n")
    assert list(read(tree)) == ["only@a"], DVC
    assert [stage.name for stage in tree.read_stages({"datasets": {"b": {}, "c": {}}})] == ["only@b", "only@c"], DVC
    assert Path("params.yaml").read_text() == "datasets: {a: {}}\n"


def test_the_content_is_what_dvc_recorded(tree: WorkingTree) -> None:
    recorded = {out["path"]: out["md5"] for entry in read_lock_file().values() for out in entry["outs"]}
    for path, md5 in recorded.items():
        content = tree.content(path)
        assert content is not None
        assert content.md5 == md5, DVC
    folder = tree.content("folder_a")
    assert folder is not None
    assert folder.files == {"copy": recorded["first"]}, DVC
    assert tree.content("nothing") is None


def test_an_executable_file(tree: WorkingTree) -> None:
    Path("source").chmod(0o755)
    assert tree.content("source") == Content("c4ca4238a0b923820dcc509a6f75849b", executable=True), DVC


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda: None, {}),
        (lambda: Path("folder_b/copy").write_text("2"), {"folder_b": "changed"}),
        (lambda: Path("folder_b/copy").unlink(), {"folder_b": "changed"}),
        (lambda: shutil.rmtree("folder_b"), {"folder_b": "deleted"}),
    ],
    ids=["none", "edited", "file deleted", "folder deleted"],
)
def test_states_of_outputs(edit, expected: dict[str, str], tree: WorkingTree) -> None:
    edit()
    read(tree)
    assert tree.output_states("folder@b") == expected, DVC
    assert tree.output_states("folder@a") == {}


def test_an_output_that_left_the_cache(tree: WorkingTree) -> None:
    for file in Path(".dvc/cache").rglob("*.dir"):
        file.unlink()
    read(tree)
    assert tree.output_states("folder@a") == {"folder_a": "not in the cache"}, DVC
    assert tree.output_states("last") == {}


def test_parameters_that_are_there(tree: WorkingTree) -> None:
    read(tree)
    assert tree.parameters("folder@a", "params/a.json") == {"train": {"epochs": 1}}, DVC
    Path("params/a.json").write_text("{}")
    assert tree.parameters("folder@a", "params/a.json") == {}, DVC


@pytest.mark.parametrize(
    ("old", "new", "stale"),
    [
        ("    deps:\n      - folder_a\n      - folder_b\n", "    deps:\n      - folder_a\n", []),
        ("      - folder_a\n      - folder_b\n", "      - folder_a\n      - folder_b\n      - params\n", ["last"]),
        ("      - first\n  folder", "      - first\n      - other\n  folder", ["first"]),
    ],
    ids=["dependency removed", "dependency added", "output added"],
)
def test_which_change_of_a_declaration_makes_a_stage_stale(
    old: str, new: str, stale: list[str], repository: Repository
) -> None:
    """DVC does not look for what dvc.lock records and dvc.yaml no longer declares."""
    assert old in PIPELINE
    Path("dvc.yaml").write_text(PIPELINE.replace(old, new))
    assert changed(Repository()) == changed_for_dvc() == stale, DVC


def inputs_of(tree: WorkingTree, name: str) -> dict[str, object]:
    stage = read(tree)[name]
    deps = {path: content for path in stage.deps if (content := tree.content(path))}
    return run_inputs(
        stage.command, deps, {file: tree.parameters(name, file) for file in stage.params}, stage.outs
    )  # fmt: skip


@pytest.mark.parametrize("name", ["first", "folder@a"])
def test_the_run_that_dvc_restores_is_found(name: str, repository: Repository) -> None:
    record = read_lock_file()[name]
    found = find_run(inputs_of(WorkingTree(), name))
    assert found is not None, DVC
    assert [out["md5"] for out in found["outs"]] == [out["md5"] for out in record["outs"]], DVC
    assert is_restorable(found), DVC


def test_dvc_keeps_no_run_of_a_stage_with_an_output_that_is_not_cached(repository: Repository) -> None:
    assert find_run(inputs_of(WorkingTree(), "last")) is None, DVC
    assert not is_restorable(read_lock_file()["last"]), DVC


def test_a_run_with_an_executable_dependency_is_found(repository: Repository) -> None:
    Path("source").chmod(0o755)
    Path("source").write_text("3")
    run(repository, ["first"])
    assert find_run(inputs_of(WorkingTree(), "first")), DVC


def test_a_run_is_not_found_for_other_inputs_or_without_its_outputs(repository: Repository) -> None:
    first = find_run(inputs_of(WorkingTree(), "first"))
    assert first is not None
    Path("source").write_text("other")
    assert find_run(inputs_of(WorkingTree(), "first")) is None
    for file in Path(".dvc/cache/files").rglob("*"):
        if file.is_file():
            file.unlink()
    assert not is_restorable(first)


def test_dvc_restores_what_is_found(repository: Repository) -> None:
    Path("source").write_text("2")
    run(repository, ["first"])
    Path("source").write_text("1")
    found = find_run(inputs_of(WorkingTree(), "first"))
    assert found is not None
    Path("first").unlink()
    run(repository, ["first"])
    assert read_lock_file()["first"]["outs"] == found["outs"], DVC


def test_files_that_dvcignore_names(tree: WorkingTree) -> None:
    Path("folder_a/kept").mkdir()
    for name in ("left_out", "kept/left_out", "kept/other"):
        Path("folder_a", name).write_text("")
    Path(".dvcignore").write_text("/folder_a/left_out\n")
    new = WorkingTree()
    content = new.content("folder_a")
    assert content is not None
    assert content.files is not None
    assert set(content.files) == {"copy", "kept/left_out", "kept/other"}, DVC
    assert [file for file in ("copy", "left_out", "kept/left_out") if new.is_ignored(f"folder_a/{file}")] == [
        "left_out"
    ]
