"""Which columns of a series its windows can have."""

import pandas as pd

from stages.cli.new.describe.describe_columns import MAX_ONE_HOT, describe_column
from stages.cli.new.describe.new_dataset import columns_of_windows


def test_what_windows_cannot_have_is_left_out_with_a_reason() -> None:
    count = MAX_ONE_HOT + 1
    frame = pd.DataFrame(
        {
            "street": [f"street {n % count}" for n in range(20 * count)],
            "town": [f"town {n % MAX_ONE_HOT}" for n in range(20 * count)],
            "remark": [f"a remark of {n} words" for n in range(20 * count)],
        }
    )
    columns = columns_of_windows([describe_column(name, frame[name]) for name in frame], {})
    assert {column.name: (column.kind, column.reason) for column in columns} == {
        "street": ("ignore", "501 categories, more than the 500 of a one-hot encoding"),
        "town": ("category", ""),
        "remark": ("ignore", "texts, which the windows of a series cannot have"),
    }


def test_a_target_stays_an_input_whatever_its_values_look_like() -> None:
    number = describe_column("row_id", pd.Series(range(9)))
    verdict = describe_column("verdict", pd.Series(["it will be fine", "it will not be fine"]))
    assert (number.kind, verdict.kind) == ("ignore", "text")
    kept = columns_of_windows([number, verdict], {"row_id": "values", "verdict": "classes"})
    assert [column.kind for column in kept] == ["number", "category"]
