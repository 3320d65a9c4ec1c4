from pathlib import Path

from stages.cli.compare.comparison import SuiteChange
from stages.cli.compare.facts.suite_changes import suite_changes
from stages.cli.revisions.snapshot import open_snapshot
from tests.cli.revisions.recorded_repository import git


def write_suite(name: str, *keys: str) -> None:
    Path("conf/suite").mkdir(exist_ok=True)
    lines = [f"  - /dataset@datasets.{key}: {key}\n" for key in keys]
    Path(f"conf/suite/{name}.yaml").write_text("".join(["# comment\ndefaults:\n", *lines, "  - _self_\n"]))


def test_datasets_that_a_suite_names_now_or_no_more(repository: Path) -> None:
    write_suite("starter", "iris", "wine")
    write_suite("gone", "wine")
    git("add", "--all")
    git("commit", "--quiet", "--message", "suites")
    write_suite("starter", "wine", "mine")
    write_suite("new", "wine")
    Path("conf/suite/gone.yaml").unlink()
    with open_snapshot("HEAD") as base, open_snapshot(None) as head:
        assert suite_changes(base, head) == [
            SuiteChange(name="gone", removed=["wine"]),
            SuiteChange(name="new", added=["wine"]),
            SuiteChange(name="starter", added=["mine"], removed=["iris"]),
        ]
        assert suite_changes(base, base) == []
