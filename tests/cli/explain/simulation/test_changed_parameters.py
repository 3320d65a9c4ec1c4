import pytest

from stages.cli.explain.simulation.changed_parameters import changed_values

FILE = "data/guard/params/iris.json"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"train": {"epochs": 20}}, {"train": {"epochs": 20}}, []),
        ({"train": {"epochs": 20}}, {"train": {"epochs": 50}}, [("train.epochs", 20, 50)]),
        ({"train": {"a": {"b": 1}}}, {"train": {"a": {"c": 1}}}, [("train.a.b", 1, ...), ("train.a.c", ..., 1)]),
        ({"train": {"units": [8]}}, {"train": {"units": [8, 8]}}, [("train.units", [8], [8, 8])]),
        (
            {"validate": {"checks": [{"min": 1}, {"min": 2}]}},
            {"validate": {"checks": [{"min": 0}]}},
            [("validate.checks[0].min", 1, 0), ("validate.checks[1]", {"min": 2}, ...)],
        ),
        ({"train": {"seed": None}}, {"train": {}}, [("train.seed", None, ...)]),
        ({}, {"train": {"epochs": 1}}, [("train", ..., {"epochs": 1})]),
        ({"a": 1}, {"a": True}, []),
    ],
)
def test_each_value_that_differs(old, new, expected) -> None:
    """`...` is a value that is not set. DVC takes 1 and true for the same."""
    changes = changed_values(FILE, old, new)
    assert [
        (change.name, change.old if change.old_set else ..., change.new if change.new_set else ...)
        for change in changes
    ] == [(f"datasets.iris.{name}", *values) for name, *values in expected]


@pytest.mark.parametrize(("file", "name"), [("params.yaml", "suite"), ("own.json", "own.json: suite")])
def test_the_names_in_other_files(file: str, name: str) -> None:
    assert [change.name for change in changed_values(file, {"suite": 1}, {"suite": 2})] == [name]
