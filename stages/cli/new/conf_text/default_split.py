"""How the rows of a new dataset are divided among training, validation and test."""

from collections.abc import Sequence

from stages.cli.new.describe.find_problems import MIN_CLASS_ROWS

# Of all rows; a fifth of the rest is for validation.
TEST, VALIDATION = 0.2, 0.16


def can_be_stratified(class_counts: Sequence[int]) -> bool:
    """Whether each class has enough rows for all splits. `class_counts` are the rows of each class.

    >>> can_be_stratified([50, 50]), can_be_stratified([97, 3])
    (True, False)
    """
    return min(class_counts) >= MIN_CLASS_ROWS and len(class_counts) <= round(VALIDATION * sum(class_counts))
