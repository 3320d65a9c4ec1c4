import pytest

from stages.cli.new.pictures.choose_size import choose_size


@pytest.mark.parametrize(
    ("sizes", "longer_side", "expected"),
    [
        ([(28, 28)] * 3, None, {"size": [28, 28]}),
        ([(64, 64), (65, 65)], None, {"size": [64, 64]}),
        ([(1000, 2000)] * 3, None, {"size": [32, 64]}),
        ([(1000, 2000)] * 3, 128, {"size": [64, 128]}),
        ([(1000, 2050), (1000, 2000), (1000, 1950)], None, {"size": [32, 64]}),
        ([(1000, 1000), (1000, 2000), (1000, 2000)], None, {"size": [32, 64], "fit": "crop"}),
        ([(10, 10)], 96, {"size": [96, 96]}),
        ([(1, 1)], None, {"size": [8, 8]}),
        ([(2, 1000)] * 3, None, {"size": [8, 64]}),
    ],
)
def test_the_median_with_a_bounded_longer_side(sizes, longer_side, expected):
    assert choose_size(sizes, longer_side) == expected
