import numpy as np
import pandas as pd
import pytest

from stages.validate.leakage.redundant_columns import describe_redundant_columns, find_redundant_columns

RNG = np.random.default_rng(0)
CELSIUS = np.array([-3.2, 0.0, 4.5, 12.1, 18.9, 18.9, 21.4, 30.0])
TOWN = ["oslo", "bergen", "oslo", "bodo", "bergen", "oslo", "bodo", "bodo"]


def find(**columns: object) -> list[tuple[str, str, str]]:
    return [(*pair.columns, pair.relation) for pair in find_redundant_columns(pd.DataFrame(columns))]


def test_equal_values() -> None:
    assert find(a=CELSIUS, b=CELSIUS) == [("a", "b", "equal")]
    assert find(a=TOWN, b=TOWN) == [("a", "b", "equal")]
    assert find(a=[1, 2, 3], b=[1.0, 2.0, 3.0]) == [("a", "b", "equal")]


@pytest.mark.parametrize("other", [CELSIUS * 1.8 + 32, -CELSIUS, (CELSIUS * 7).astype(np.float32), 1e9 + CELSIUS])
def test_another_scale(other: np.ndarray) -> None:
    assert find(celsius=CELSIUS, other=other) == [("celsius", "other", "scaled")]


def test_another_scale_after_rounding() -> None:
    """Both scales are rounded to tenths."""
    tenths = RNG.integers(0, 1000, 500) / 10
    assert find(celsius=tenths, fahrenheit=np.round(tenths * 1.8 + 32, 1)) == [("celsius", "fahrenheit", "scaled")]


def test_noise_is_another_measurement() -> None:
    noisy = CELSIUS + np.array([0.0, 0.0, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0])
    assert find(celsius=CELSIUS, noisy=noisy) == []
    coarse = np.array([0, 1, 2, 3, 3, 2, 1, 0])
    assert find(a=coarse, b=coarse + np.array([0, 0, 0, 0, 0, 1, 0, 0])) == []


def test_very_small_numbers() -> None:
    small = CELSIUS * 1e-9
    assert find(celsius=CELSIUS, small=small) == [("celsius", "small", "scaled")]
    assert find(celsius=CELSIUS, small=small + np.array([0, 0, 3e-10, 0, 0, 0, 0, 0])) == []


def test_squared_values_are_not_scaled() -> None:
    assert find(celsius=CELSIUS, squared=CELSIUS**2) == []


def test_renamed_classes() -> None:
    codes = [{"oslo": 7, "bergen": 2, "bodo": 5}[town] for town in TOWN]
    assert find(town=TOWN, code=codes) == [("town", "code", "renamed")]
    assert find(town=TOWN, code=[*codes[:-1], 7]) == []


def test_merged_classes_are_not_renamed() -> None:
    assert find(town=TOWN, north=[town == "bodo" for town in TOWN]) == []


def test_values_that_occur_once_are_not_renamed() -> None:
    assert find(name=list("abcdefgh"), other=list("hagbfced")) == []


def test_missing_values_must_be_missing_in_both() -> None:
    gaps = np.where(CELSIUS == 4.5, np.nan, CELSIUS)
    assert find(a=gaps, b=gaps * 2) == [("a", "b", "scaled")]
    assert find(a=gaps, b=CELSIUS * 2) == []
    assert find(a=[*TOWN[:-1], None], b=[*map(str.upper, TOWN[:-1]), None]) == [("a", "b", "renamed")]


def test_constant_and_empty_columns() -> None:
    assert find(a=[1, 1, 1], b=[2, 2, 2], c=[None, None, None], d=["x", "x", "x"]) == []
    assert find(a=[], b=[]) == []
    assert find(a=[1.0], b=[2.0]) == []
    assert find(a=[1.0, np.inf, 2.0], b=[2.0, np.inf, 3.0]) == []


def test_order_of_pairs() -> None:
    pairs = find(z=CELSIUS, y=TOWN, x=-CELSIUS, w=CELSIUS)
    assert [pair[:2] for pair in pairs] == [("z", "x"), ("z", "w"), ("x", "w")]


def test_many_sparse_columns() -> None:
    """The rows that are compared first hold only zeros."""
    sparse = np.zeros((3000, 40))
    sparse[np.arange(40) * 7 + 3, np.arange(40)] = sparse[np.arange(40) * 11 + 5, np.arange(40)] = 1.5
    [pair] = find_redundant_columns(pd.DataFrame(sparse).assign(copy=sparse[:, 9] * 4))
    assert pair.columns == ("9", "copy")


def test_message() -> None:
    found = find_redundant_columns(pd.DataFrame({"a": TOWN, "b": TOWN, "c": [town.upper() for town in TOWN]}))
    message = describe_redundant_columns(found)
    assert message.startswith("'b' equals 'a', 'c' is 'a' with other names, 'c' is 'b' with other names; ")
