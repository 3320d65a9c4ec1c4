import pandas as pd

from stages.report.rendering.page_table import format_cell, text_table


def test_a_time_of_day_is_kept() -> None:
    assert format_cell(pd.Timestamp("2020-01-02 03:04:05")) == "2020-01-02 03:04:05"


def test_a_table_with_many_columns_is_transposed() -> None:
    table = text_table([f"c{n}" for n in range(30)], [[str(n) for n in range(30)]] * 2)
    assert table.transposed
    assert len(table.rows) == 30
    assert table.rows[7] == ["c7", "7", "7"]
