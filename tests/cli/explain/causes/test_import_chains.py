import pytest

from stages.cli.explain.causes.import_chains import import_chain

TRAIN = "exec python3 -m stages.train iris"


@pytest.mark.parametrize(
    ("file", "first", "last"),
    [
        ("stages/core/rounding.py", "stages.evaluate.__main__", "stages.core.rounding"),
        ("stages/evaluate/__main__.py", "stages.evaluate.__main__", "stages.evaluate.__main__"),
    ],
)
def test_a_chain_begins_at_the_stage(file: str, first: str, last: str) -> None:
    chain = import_chain("exec python3 -m stages.evaluate iris", file)
    assert chain is not None
    assert (chain[0], chain[-1]) == (first, last)


@pytest.mark.parametrize(
    "file", ["stages/cli/app.py", "stages/report/charts/svg.py", "stages/no_such.py", "conf/a.yaml"]
)
def test_what_a_stage_does_not_import(file: str) -> None:
    assert import_chain(TRAIN, file) is None


def test_a_command_that_runs_no_module_of_ours() -> None:
    assert import_chain("cat a > b", "stages/core/rounding.py") is None
