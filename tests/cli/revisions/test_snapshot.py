from pathlib import Path

import pytest

from stages.cli.revisions.snapshot import UnavailableOutputError, open_snapshot
from stages.core.artefacts.records.record import record_text
from stages.core.dvc.storage.cache import cache_folder
from stages.core.errors import UserError
from tests.cli.revisions.recorded_repository import EVALUATION, git


def test_a_file_of_git_is_that_of_the_commit(repository: Path) -> None:
    file = Path("conf/accepted/tiny.json")
    with open_snapshot("old") as old, open_snapshot(None) as tree:
        assert (old.text(file), tree.text(file)) == ("accepted", "accepted later")
        assert (old.text(Path("none")), tree.text(Path("none"))) == (None, None)
        assert (old.commit, tree.commit) == (git("rev-parse", "old"), None)


def test_the_name_is_what_was_typed_without_the_end_of_a_whole_hash(repository: Path) -> None:
    commit = git("rev-parse", "old")
    for revision, name in (("old", "old"), (commit, commit[:8]), (commit[:12], commit[:12]), (None, "working tree")):
        with open_snapshot(revision) as snapshot:
            assert snapshot.name == name


def test_an_output_is_that_of_the_cache(repository: Path) -> None:
    with open_snapshot("old") as old:
        assert old.output(Path("reports/evaluation/tiny.json")).read_text() == record_text(EVALUATION)
        assert old.output(Path("data/models/tiny/seeds/2.keras")).read_text() == "other"
        assert [*old.records] == [
            "guard",
            *(f"{s}@tiny" for s in ("download", "validate", "preprocess", "train", "evaluate")),
        ]


def test_an_output_of_the_working_tree_is_the_file_itself(repository: Path) -> None:
    file = Path("reports/evaluation/tiny.json")
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    with open_snapshot(None) as tree:
        assert tree.output(file) == file


def test_an_output_that_is_not_recorded_or_not_stored(repository: Path) -> None:
    with open_snapshot("old") as old, open_snapshot(None) as tree:
        for snapshot, path, reason in (
            (tree, "reports/evaluation/tiny.json", "not recorded in dvc.lock (working tree)"),
            (old, "data/models/tiny/absent", "not among the files that old recorded"),
        ):
            with pytest.raises(UnavailableOutputError) as raised:
                snapshot.output(Path(path))
            assert (raised.value.reason, str(raised.value)) == (reason, f"{path}: {reason}")
        for file in cache_folder().rglob("*"):
            if file.is_file():
                file.unlink()
        with pytest.raises(UnavailableOutputError, match="not in DVC's cache, and there is no default remote"):
            old.output(Path("data/models/tiny/model.keras"))
        with pytest.raises(UnavailableOutputError, match="not in DVC's cache"):
            old.size(Path("data/models/tiny/model.keras"))


def test_an_output_that_the_remote_lacks_too(repository: Path) -> None:
    Path(".dvc/config").write_text("[core]\nremote = team\n['remote \"team\"']\nurl = ../remote\n")
    for file in cache_folder().rglob("*"):
        if file.is_file():
            file.unlink()
    with open_snapshot("old") as old, pytest.raises(UnavailableOutputError) as raised:
        old.output(Path("data/models/tiny/model.keras"))
    assert raised.value.reason.startswith("neither in DVC's cache nor on the remote team (old); run `dvc push")


def test_an_output_that_is_a_file_holds_no_files(repository: Path) -> None:
    with open_snapshot("old") as snapshot, pytest.raises(LookupError, match="not recorded"):
        snapshot.output(Path("reports/profiles/tiny.json/part.json"))


def test_the_size_of_a_file_in_an_output(repository: Path) -> None:
    file = Path("data/models/tiny/model.keras")
    with open_snapshot("old") as old, open_snapshot(None) as tree:
        assert old.size(file) == len("model")
        file.parent.mkdir(parents=True)
        file.write_text("new model")
        assert tree.size(file) == len("new model")


def test_the_files_of_a_folder_in_git(repository: Path) -> None:
    Path("conf/accepted/new.json").write_text("not yet added")
    with open_snapshot("old") as old, open_snapshot(None) as tree:
        assert old.files(Path("conf/accepted")) == [Path("conf/accepted/tiny.json")]
        assert tree.files(Path("conf/accepted")) == [Path("conf/accepted/new.json"), Path("conf/accepted/tiny.json")]
        Path("conf/accepted/tiny.json").unlink()
        assert tree.files(Path("conf/accepted")) == [Path("conf/accepted/new.json")]


def test_parameters_by_dataset(repository: Path) -> None:
    Path("params.yaml").write_text("datasets:\n  tiny: {train: {epochs: 1}}\n")
    with open_snapshot(None) as tree, open_snapshot("old") as old:
        assert (tree.datasets, old.datasets) == ({"tiny": {"train": {"epochs": 1}}}, {})


@pytest.mark.error_case("compare")
@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "- a",
        "datasets: [1]",
        "datasets: {a: 1}",
        "[" * 200,
        "a: &a [*a]",
        "datasets: {a: {train: 1}}",
        "\udc80",
    ],
)
def test_damaged_parameters(text: str, repository: Path) -> None:
    Path("params.yaml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with open_snapshot(None) as tree, pytest.raises(UserError, match=r"params\.yaml of working tree"):
        tree.datasets  # noqa: B018


@pytest.mark.error_case("compare")
@pytest.mark.parametrize("outs", ["[1]", "[{md5: 1}]", "[{path: 1}]"])
def test_damaged_records(outs: str, repository: Path) -> None:
    Path("dvc.lock").write_text(f"stages:\n  train@a: {{outs: {outs}}}\n")
    with open_snapshot(None) as tree, pytest.raises(UserError, match=r"dvc\.lock of working tree cannot be read"):
        tree.records  # noqa: B018
