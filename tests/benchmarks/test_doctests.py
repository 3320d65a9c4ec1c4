"""pytest collects doctests from stages/ only: collecting all of benchmarks/ would load Keras without our settings."""

import doctest
from types import ModuleType

import pytest

from benchmarks.inference import __main__ as inference
from benchmarks.results import number_format, ratio_statistics, results_table
from benchmarks.studies import determinism_cost, tune_cost

MODULES = [inference, number_format, ratio_statistics, results_table, determinism_cost, tune_cost]


@pytest.mark.parametrize("module", MODULES)
def test_doctests(module: ModuleType) -> None:
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0
