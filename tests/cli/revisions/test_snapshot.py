from pathlib import Path

import pytest

from stages.cli.revisions.snapshot import open_snapshot
from stages.core.artefacts.records.record import record_text
from stages.core.errors import UserError
from tests.cli.revisions.recorded_repository import EVALUATION, git


def test_a_file_of_git_is_that_of_the_commit(repository: Path) -> None:
    file = Path("conf/accepted/tiny.json")
    with open_snapshot("old") as old, open_snapshot(None) as tree:
        assert (old.text(file), tree.text(file)) == ("accepted", "accepted later")
        assert (old.text(Path("none")), tree.text(Path("none"))) == (None, None)
        assert (old.commit, tree.commit) == (git("rev-parse", "old"), None)


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
        with pytest.raises(LookupError, match=r"dvc\.lock of working tree does not record"):
            tree.output(Path("reports/evaluation/tiny.json"))
        with pytest.raises(LookupError, match="neither in DVC's cache"):
            old.output(Path("data/models/tiny/absent"))


def test_parameters_by_dataset(repository: Path) -> None:
    Path("params.yaml").write_text("datasets:\n  tiny: {train: {epochs: 1}}\n")
    with open_snapshot(None) as tree, open_snapshot("old") as old:
        assert (tree.datasets, old.datasets) == ({"tiny": {"train": {"epochs": 1}}}, {})


@pytest.mark.error_case("compare")
@pytest.mark.parametrize("text", ["a: [", "- a"])
def test_damaged_parameters(text: str, repository: Path) -> None:
    Path("params.yaml").write_text(text)
    with open_snapshot(None) as tree, pytest.raises(UserError, match=r"params\.yaml of working tree"):
        tree.datasets  # noqa: B018
