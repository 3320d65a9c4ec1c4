from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.validate.all_rows import AllRows
from stages.validate.leakage.redundant_columns import describe_redundant_columns, find_redundant_columns

RNG = np.random.default_rng(0)
CELSIUS = np.array([-3.2, 0.0, 4.5, 12.1, 18.9, 18.9, 21.4, 30.0])
TOWN = ["oslo", "bergen", "oslo", "bodo", "bergen", "oslo", "bodo", "bodo"]


def rows_of(frame: pd.DataFrame) -> AllRows:
    return AllRows(frame, {"all": len(frame)})


def find(**columns: object) -> list[tuple[str, str, str]]:
    return [(*pair.columns, pair.relation) for pair in find_redundant_columns(rows_of(pd.DataFrame(columns)))]


TENTHS = RNG.integers(0, 1000, 500) / 10
NOISE = np.array([0, 0, 1, 0, 0, 0, 0, 0])
COARSE = np.array([0, 1, 2, 3, 3, 2, 1, 0])
GAPS = np.where(CELSIUS == 4.5, np.nan, CELSIUS)
CODES = [{"oslo": 7, "bergen": 2, "bodo": 5}[town] for town in TOWN]
CAPITALS = [town.upper() for town in TOWN]


@pytest.mark.parametrize(
    ("a", "b", "relation"),
    [
        (CELSIUS, CELSIUS, "equal"),
        (TOWN, TOWN, "equal"),
        ([1, 2, 3], [1.0, 2.0, 3.0], "equal"),
        (CELSIUS, CELSIUS * 1.8 + 32, "scaled"),
        (CELSIUS, -CELSIUS, "scaled"),
        (CELSIUS, (CELSIUS * 7).astype(np.float32), "scaled"),
        (CELSIUS, 1e9 + CELSIUS, "scaled"),
        (CELSIUS, CELSIUS * 1e-9, "scaled"),
        # Both scales are rounded to tenths.
        (TENTHS, np.round(TENTHS * 1.8 + 32, 1), "scaled"),
        # Values with noise are another measurement.
        (CELSIUS, CELSIUS + 0.3 * NOISE, None),
        (CELSIUS, CELSIUS * 1e-9 + 3e-10 * NOISE, None),
        (COARSE, COARSE + np.array([0, 0, 0, 0, 0, 1, 0, 0]), None),
        (CELSIUS, CELSIUS**2, None),
        (TOWN, CODES, "renamed"),
        (TOWN, [*CODES[:-1], 7], None),
        # Merged classes.
        (TOWN, [town == "bodo" for town in TOWN], None),
        # Values that occur once are no classes.
        (list("abcdefgh"), list("hagbfced"), None),
        # Missing values must be missing in both.
        (GAPS, GAPS * 2, "scaled"),
        (GAPS, CELSIUS * 2, None),
        ([*TOWN[:-1], None], [*CAPITALS[:-1], None], "renamed"),
        ([], [], None),
        ([1.0], [2.0], None),
        ([1.0, np.inf, 2.0], [2.0, np.inf, 3.0], None),
    ],
)
def test_relation_of_two_columns(a: Any, b: Any, relation: str | None) -> None:
    assert find(a=a, b=b) == ([("a", "b", relation)] if relation else [])


def test_constant_columns() -> None:
    assert find(a=[1, 1, 1], b=[2, 2, 2], c=[None, None, None], d=["x", "x", "x"]) == []


def test_order_of_pairs() -> None:
    pairs = find(z=CELSIUS, y=TOWN, x=-CELSIUS, w=CELSIUS)
    assert [pair[:2] for pair in pairs] == [("z", "x"), ("z", "w"), ("x", "w")]


def test_many_sparse_columns() -> None:
    """The rows that are compared first hold only zeros."""
    sparse = np.zeros((3000, 40))
    sparse[np.arange(40) * 7 + 3, np.arange(40)] = sparse[np.arange(40) * 11 + 5, np.arange(40)] = 1.5
    [pair] = find_redundant_columns(rows_of(pd.DataFrame(sparse).assign(copy=sparse[:, 9] * 4)))
    assert pair.columns == ("9", "copy")


def test_message() -> None:
    found = find_redundant_columns(rows_of(pd.DataFrame({"a": TOWN, "b": TOWN, "c": CAPITALS})))
    message = describe_redundant_columns(found)
    assert message.startswith("'b' equals 'a', 'c' is 'a' with other names, 'c' is 'b' with other names; ")
