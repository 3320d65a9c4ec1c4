import numpy as np
import pytest

from stages.cli.predict.output.bad_rows import BadRows
from stages.core.errors import UserError
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_problems import RowProblem
from stages.inference.read.row_block import RowBlock


def block(*problems: RowProblem) -> RowBlock:
    return RowBlock(RawRows({}, 0), np.arange(0), {}, problems)


def test_five_examples_of_each_column_over_all_blocks() -> None:
    bad = BadRows()
    assert not bad
    bad.add(block(*(RowProblem(row, "a", "wrong") for row in range(1, 5))))
    bad.add(block(*(RowProblem(row, "a", "wrong") for row in range(5, 9)), RowProblem(5, "", "not a row")))
    with pytest.raises(UserError) as raised:
        bad.raise_if_any("new.csv")
    assert raised.value.messages == (
        *(f"new.csv: row {row}: column a: wrong" for row in range(1, 6)),
        "new.csv: column a: 3 more problems",
        "new.csv: row 5: not a row",
        "new.csv: nothing was predicted; correct these rows, or leave them out with --skip-bad",
    )


def test_no_problem() -> None:
    bad = BadRows()
    bad.add(block())
    bad.raise_if_any("new.csv")
