"""Tests of a difference: the means over seeds, and the rows that only one of two revisions predicts correctly."""

from math import comb, sqrt

from stages.cli.compare.comparison import McNemarEvidence, SeedsEvidence
from stages.core.artefacts.records.evaluation import SeedStatistics
from stages.core.rounding import round_significant

CONFIDENCE = 0.95


def compare_seeds(base: SeedStatistics, head: SeedStatistics) -> SeedsEvidence:
    """Welch's test: the limit is the 97.5% quantile of Student's t times the standard error of the difference."""
    return SeedsEvidence(
        counts=(base.count, head.count),
        means=(base.mean, head.mean),
        spreads=(base.spread, head.spread),
        limit=round_significant(_largest_difference_by_chance(base, head)),
    )


def _largest_difference_by_chance(base: SeedStatistics, head: SeedStatistics) -> float:
    """Welch and Satterthwaite's degrees of freedom. 0 if no seed differs from another one."""
    variances = [seeds.spread**2 / seeds.count for seeds in (base, head)]
    if not any(variances):
        return 0.0
    shares = [v**2 / (seeds.count - 1) for v, seeds in zip(variances, (base, head), strict=True)]
    from scipy.special import stdtrit

    quantile = float(stdtrit(sum(variances) ** 2 / sum(shares), (1 + CONFIDENCE) / 2))
    return quantile * sqrt(sum(variances))


def mcnemar(only_base_correct: int, only_head_correct: int, rows: int) -> McNemarEvidence:
    """The exact test.

    >>> mcnemar(1, 5, 30).p_value
    0.21875
    """
    return McNemarEvidence(
        only_base_correct=only_base_correct,
        only_head_correct=only_head_correct,
        p_value=round_significant(mcnemar_p_value(only_base_correct, only_head_correct)),
        rows=rows,
    )


def mcnemar_p_value(only_base_correct: int, only_head_correct: int) -> float:
    """How probable a split of these rows that is at least as uneven is, if each side has the same chance."""
    rows = only_base_correct + only_head_correct
    tail = sum(comb(rows, count) for count in range(min(only_base_correct, only_head_correct) + 1))
    # A quotient of integers: 2**rows can be too large for a float.
    return min(1.0, float(2 * tail / 2**rows))
