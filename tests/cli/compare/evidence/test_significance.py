import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as mcnemar_of_statsmodels

from stages.cli.compare.evidence.significance import compare_seeds, mcnemar, mcnemar_p_value
from stages.core.artefacts.records.evaluation import SeedStatistics


@pytest.mark.parametrize(("base", "head"), [(0, 0), (0, 1), (1, 5), (6, 0), (3, 3), (40, 61), (900, 1100)])
def test_mcnemar_is_that_of_statsmodels(base: int, head: int) -> None:
    expected = mcnemar_of_statsmodels([[10, base], [head, 10]], exact=True).pvalue
    assert mcnemar_p_value(base, head) == pytest.approx(expected, rel=1e-9)


def test_mcnemar_by_hand() -> None:
    # 2 * (1 + 6) / 2**6 for one of six rows on one side.
    assert mcnemar(1, 5, 30).p_value == 14 / 64
    assert mcnemar(0, 6, 30).p_value == 2 / 64


def statistics(values: list[float]) -> SeedStatistics:
    array = np.array(values)
    return SeedStatistics(
        count=len(values), mean=float(array.mean()), spread=float(array.std(ddof=1)), worst=float(array.min())
    )


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ([0.90, 0.92, 0.91], [0.95, 0.97, 0.93, 0.96]),
        ([0.90, 0.92], [0.91, 0.99]),
        ([0.5, 0.51, 0.5], [0.6, 0.7, 0.62]),
    ],
)
def test_the_limit_over_seeds_is_welchs(base: list[float], head: list[float]) -> None:
    """A difference as large as the limit has p = 0.05."""
    evidence = compare_seeds(statistics(base), statistics(head))
    shift = np.mean(base) + evidence.limit - np.mean(head)
    welch = stats.ttest_ind(np.array(head) + shift, base, equal_var=False)
    assert welch.pvalue == pytest.approx(0.05, rel=1e-4)
    assert evidence.counts == (len(base), len(head))


def test_seeds_that_never_differ() -> None:
    assert compare_seeds(statistics([0.5, 0.5]), statistics([0.6, 0.6])).limit == 0
