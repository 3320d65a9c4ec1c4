import numpy as np

from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_problems import RowProblem
from stages.inference.read.row_block import RowBlock, concatenate_blocks


def test_a_block_without_rows_has_no_carried_columns() -> None:
    """As the last block of a JSON lines file whose lines are all wrong."""
    good = RowBlock(RawRows({"x": np.array([1.0])}, 1), np.array([1]), {"id": ["a"]})
    bad = RowBlock(RawRows({"x": np.array([])}, 0), np.array([], np.int64), {}, [RowProblem(2, "", "no object")])
    for blocks in ([good, bad], [bad, good]):
        found = concatenate_blocks(blocks)
        assert found.carried == {"id": ["a"]}
        assert [problem.row for problem in found.problems] == [2]
