import numpy as np
import pandas as pd
import pytest

from stages.validate.leakage.redundant_columns import Copy, copies

RNG = np.random.default_rng(0)
CELSIUS = np.array([-3.2, 0.0, 4.5, 12.1, 18.9, 18.9, 21.4, 30.0])
TOWN = ["oslo", "bergen", "oslo", "bodo", "bergen", "oslo", "bodo", "bodo"]


def found(**columns: object) -> list[Copy]:
    return copies(pd.DataFrame(columns))


def test_the_same_values() -> None:
    assert found(a=CELSIUS, b=CELSIUS) == [Copy("a", "b", "equal")]
    assert found(a=TOWN, b=TOWN) == [Copy("a", "b", "equal")]
    assert found(a=[1, 2, 3], b=[1.0, 2.0, 3.0]) == [Copy("a", "b", "equal")]


@pytest.mark.parametrize("other", [CELSIUS * 1.8 + 32, -CELSIUS, (CELSIUS * 7).astype(np.float32), 1e9 + CELSIUS])
def test_another_scale(other: np.ndarray) -> None:
    assert found(celsius=CELSIUS, other=other) == [Copy("celsius", "other", "scaled")]


def test_another_scale_as_it_was_rounded() -> None:
    """Degrees in tenths on both."""
    tenths = RNG.integers(0, 1000, 500) / 10
    assert found(celsius=tenths, fahrenheit=np.round(tenths * 1.8 + 32, 1)) == [Copy("celsius", "fahrenheit", "scaled")]


def test_a_little_noise_is_another_measurement() -> None:
    noisy = CELSIUS + np.array([0.0, 0.0, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0])
    assert found(celsius=CELSIUS, noisy=noisy) == []
    coarse = np.array([0, 1, 2, 3, 3, 2, 1, 0])
    assert found(a=coarse, b=coarse + np.array([0, 0, 0, 0, 0, 1, 0, 0])) == []


def test_a_column_of_very_small_numbers_is_looked_at_as_closely() -> None:
    small = CELSIUS * 1e-9
    assert found(celsius=CELSIUS, small=small) == [Copy("celsius", "small", "scaled")]
    assert found(celsius=CELSIUS, small=small + np.array([0, 0, 3e-10, 0, 0, 0, 0, 0])) == []


def test_another_curve_is_no_scale() -> None:
    assert found(celsius=CELSIUS, squared=CELSIUS**2) == []


def test_other_names() -> None:
    codes = [{"oslo": 7, "bergen": 2, "bodo": 5}[town] for town in TOWN]
    assert found(town=TOWN, code=codes) == [Copy("town", "code", "renamed")]
    assert found(town=TOWN, code=[*codes[:-1], 7]) == []


def test_two_names_for_one_are_no_renaming() -> None:
    assert found(town=TOWN, north=[town == "bodo" for town in TOWN]) == []


def test_where_every_value_occurs_once_nothing_is_a_renaming() -> None:
    assert found(name=list("abcdefgh"), other=list("hagbfced")) == []


def test_missing_values_are_missing_in_both() -> None:
    gaps = np.where(CELSIUS == 4.5, np.nan, CELSIUS)
    assert found(a=gaps, b=gaps * 2) == [Copy("a", "b", "scaled")]
    assert found(a=gaps, b=CELSIUS * 2) == []
    assert found(a=[*TOWN[:-1], None], b=[*map(str.upper, TOWN[:-1]), None]) == [Copy("a", "b", "renamed")]


def test_columns_that_say_nothing() -> None:
    assert found(a=[1, 1, 1], b=[2, 2, 2], c=[None, None, None], d=["x", "x", "x"]) == []
    assert found(a=[], b=[]) == []
    assert found(a=[1.0], b=[2.0]) == []
    assert found(a=[1.0, np.inf, 2.0], b=[2.0, np.inf, 3.0]) == []


def test_all_pairs_in_the_order_of_the_columns() -> None:
    pairs = [(c.first, c.second) for c in found(z=CELSIUS, y=TOWN, x=-CELSIUS, w=CELSIUS)]
    assert pairs == [("z", "x"), ("z", "w"), ("x", "w")]


def test_many_columns_that_are_mostly_nothing() -> None:
    """Rows that are looked at first show nothing but zeros."""
    sparse = np.zeros((3000, 40))
    sparse[np.arange(40) * 7 + 3, np.arange(40)] = sparse[np.arange(40) * 11 + 5, np.arange(40)] = 1.5
    frame = pd.DataFrame(sparse).assign(copy=sparse[:, 9] * 4)
    assert copies(frame) == [Copy("9", "copy", "scaled")]
