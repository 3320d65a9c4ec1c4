import pytest

from benchmarks.cases import CASES, Case, select_cases
from stages.core.errors import UserError


@pytest.mark.parametrize("name", CASES)
def test_quick_case_is_small(name: str) -> None:
    quick = CASES[name].quick
    assert (quick.rows <= 300, quick.validation_rows <= 50, quick.epochs_per_round) == (True, True, 1)
    assert bool(quick.validation_rows) == bool(CASES[name].validation_rows)


def test_operations_by_hand() -> None:
    """Layers 2 x 3 and 3 x 1: forward 2 (6 + 3) = 18; backward twice that, without 12 for the input's gradient."""
    widths = (2, 3, 1)
    assert Case("", rows=10, validation_rows=5, widths=widths).operations == 10 * (18 + 36 - 12) + 5 * 18
    assert Case("", rows=10, widths=widths, trains=False).operations == 10 * 18
    assert Case("", rows=10).operations == 0


def test_selected_cases_keep_the_order_of_the_table() -> None:
    assert select_cases([]) == list(CASES)
    assert select_cases(["windows", "iris"]) == ["iris", "windows"]


def test_every_unknown_case_is_reported_with_the_closest_name() -> None:
    with pytest.raises(UserError) as error:
        select_cases(["iriss", "lstm", "mnist_mpl"])
    assert error.value.messages == (
        "--case: no case 'iriss'; did you mean iris?",
        "--case: no case 'mnist_mpl'; did you mean mnist_mlp?",
    )
