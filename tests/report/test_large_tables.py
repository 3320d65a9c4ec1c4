"""The page of a table in blocks is that of the same table in one piece."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from stages.core.artefacts.raw.raw_data import Table
from stages.report.dataset_page import page
from stages.report.dataset_results import read_dataset_results
from stages.report.recorded import line_blocks, read_predictions
from tests.report.example_datasets import ExampleDataset, flowers, prices, two_targets, write_example
from tests.report.example_forecasts import months


@pytest.mark.parametrize("make", [flowers, prices, two_targets, months])
def test_the_page_is_the_same(
    make: Callable[[], ExampleDataset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = make()
    assert isinstance(example.raw, Table)
    pages = []
    for block_rows in (None, 5):
        folder = tmp_path / f"{block_rows}"
        folder.mkdir()
        monkeypatch.chdir(folder)
        if block_rows:
            monkeypatch.setattr(line_blocks, "LINES_AT_ONCE", 3)
            monkeypatch.setattr(read_predictions, "LARGE_FILE", 0)
        write_example(replace(example, raw=replace(example.raw, block_rows=block_rows)))
        results = read_dataset_results("mine")
        assert isinstance(results.raw, Table)
        assert results.raw.is_large == bool(block_rows)
        pages.append(page(results))
    assert pages[0] == pages[1]
