import pytest

from stages.cli.compare.comparison import ParameterChange
from stages.cli.compare.facts.parameter_changes import is_changed, parameter_changes


def test_only_what_differs_by_its_path() -> None:
    base = {"train": {"epochs": 20, "model": {"units": [8, 4], "kind": "mlp"}}, "download": {"name": "iris"}}
    head = {"download": {"name": "iris"}, "train": {"model": {"kind": "mlp", "units": [8, 8]}, "batch": 10}}
    assert parameter_changes(base, head) == [
        ParameterChange(name="train.model.units", base=[8, 4], head=[8, 8]),
        ParameterChange(name="train.batch", head=10, base_set=False),
        ParameterChange(name="train.epochs", base=20, head_set=False),
    ]


def test_none_is_a_value_and_so_is_an_empty_mapping() -> None:
    assert parameter_changes({"a": None}, {}) == [ParameterChange(name="a", head_set=False)]
    assert parameter_changes({"a": {}}, {"a": {"b": 1}}) == [
        ParameterChange(name="a.b", head=1, base_set=False),
        ParameterChange(name="a", base={}, head_set=False),
    ]


def test_a_moved_key_is_no_change() -> None:
    assert parameter_changes({"a": [{"x": 1, "y": 2}], "b": 1}, {"b": 1, "a": [{"y": 2, "x": 1}]}) == []


@pytest.mark.parametrize(("base", "head"), [(1, True), (1, 1.0), ([1], [True]), (0, None), ("1", 1), ([1, 2], [2, 1])])
def test_values_of_another_type_or_order_differ(base: object, head: object) -> None:
    assert is_changed(base, head)
