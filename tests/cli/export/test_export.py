"""What `restage export` refuses before it writes anything."""

from pathlib import Path

import pytest

from stages.cli.datasets.chain_states import ChainState
from stages.cli.export.export import check_declared, check_up_to_date, export
from stages.core.errors import UserError


@pytest.mark.parametrize(
    ("state", "with_export", "problem"),
    [
        (
            ChainState("iris", ("train", "report"), ran_before=True),
            False,
            "iris: train has to run first; run `restage run",
        ),
        (
            ChainState("iris", ("download", "export"), ran_before=False),
            False,
            "iris: it never ran; run `restage run iris`",
        ),
        (ChainState("iris", ("export",), ran_before=True), True, "iris: export has to run first"),
    ],
)
def test_stale_results_are_refused(state: ChainState, with_export: bool, problem: str) -> None:
    with pytest.raises(UserError, match=problem):
        check_up_to_date(state, with_export)


def test_the_stage_export_need_not_have_run_for_a_folder() -> None:
    check_up_to_date(ChainState("iris", ("export",), ran_before=True), with_export=False)
    check_up_to_date(ChainState("iris", (), ran_before=True), with_export=True)


@pytest.mark.parametrize("export_section", [{}, {"export": None}])
def test_an_artifact_needs_the_stage(export_section: dict[str, object]) -> None:
    with pytest.raises(UserError, match=r"conf/dataset/iris\.yaml: has no export; add `export: \{\}`"):
        check_declared("iris", {"train": {}, **export_section})
    check_declared("iris", {"export": {}})


@pytest.mark.parametrize(("target", "artifact"), [(None, None), (Path("out"), "iris")])
def test_a_folder_or_an_artifact(target: Path | None, artifact: str | None) -> None:
    with pytest.raises(UserError, match="name a folder"):
        export("iris", target, artifact, debug=False)
