"""The kind of a column by its values, against columns whose kind a person would say at once."""

from typing import Any

import pandas as pd
import pytest

from stages.cli.new.describe.describe_columns import describe_column

CASES: dict[str, tuple[str, list[Any], str]] = {
    "measures": ("height", [1.5, 2.5, 3.25, 4.0], "number"),
    "few whole numbers": ("rooms", [1, 2, 2, 1], "number"),
    "row numbers": ("passenger_id", [1, 2, 3, 4], "ignore"),
    "row numbers of pandas": ("Unnamed: 0", [0, 1, 2, 3], "ignore"),
    "numbers that count up are no ids by that alone": ("x", [1, 2, 3, 4], "number"),
    "repeated ids": ("customer_id", [1, 1, 2, 2], "number"),
    "truth values": ("alive", [True, False, True, True], "boolean"),
    "yes and no": ("alive", ["Yes", "no", "yes", "No"], "boolean"),
    "categories": ("port", ["S", "C", "S", "S", "C", "S"], "category"),
    "dates": ("joined", ["2004-08-19", "2004-08-20", "2004-09-01"], "date"),
    "months and days": ("joined", ["2/13/2022", "12/1/2022", "1/2/2021"], "date"),
    "sentences": ("comment", ["see you at lunch", "win a free prize now", "i am at home"], "text"),
    "tickets": ("ticket", ["A/5 1", "PC 2", "STON 3", "A/5 4"], "ignore"),
    "names of people": ("full name", ["Braund, Mr. Owen", "Heikkinen, Miss. Laina", "Allen, Mr. W. Henry"], "ignore"),
    "one number": ("deck", [7, 7, 7], "ignore"),
    "one text": ("deck", ["B", "B", "B"], "ignore"),
    "nothing": ("deck", [None, None], "ignore"),
}


@pytest.mark.parametrize(("name", "values", "kind"), CASES.values(), ids=CASES)
def test_kinds(name: str, values: list[Any], kind: str) -> None:
    description = describe_column(name, pd.Series(values))
    assert description.kind == kind
    assert bool(description.reason) == (kind == "ignore")


def test_gaps_and_ranges() -> None:
    description = describe_column("age", pd.Series([3.0, None, 5.5, 3.0]))
    assert (description.missing, description.distinct, description.low, description.high) == (1, 2, 3.0, 5.5)
    assert not description.whole


def test_many_categories_of_many_rows() -> None:
    towns = pd.Series([f"town {n % 100}" for n in range(1000)])
    assert describe_column("town", towns).kind == "category"


def test_the_format_of_dates() -> None:
    assert describe_column("day", pd.Series(["2/13/2022", "12/1/2022"])).time_format == "%m/%d/%Y"


def test_the_order_of_rows_changes_nothing() -> None:
    texts = pd.Series(["b", "a", "c", "a", "b", "c"])
    assert describe_column("x", texts) == describe_column("x", texts[::-1])
