from stages.core.artefacts.raw.raw_data import ALL
from stages.download.builtin.formulas import compute, count, line, points, two_tables
from stages.download.params.builtin_params import Count, Line, Points, TwoTables


def test_points_are_those_of_the_parameters():
    train, test = {"x": [1.0, 2.0], "y": [3, 4.5]}, {"y": [6.0], "x": [5.0]}
    raw = points(Points(source="formula", formula="points", splits={"train": train, "test": test}))
    assert raw.frames["train"].to_dict("list") == {"x": [1.0, 2.0], "y": [3.0, 4.5]}
    assert raw.frames["test"].to_dict("split")["columns"] == ["x", "y"]
    assert raw.frames["test"].iloc[0].tolist() == [5.0, 6.0]


def test_count_is_a_series_that_starts_at_one_with_a_step_of_one_by_default():
    raw = count(Count(source="formula", formula="count", rows=4, first=2.0, step=0.5))
    assert (raw.kind, raw.time) == ("series", None)
    assert raw.frames[ALL]["value"].tolist() == [2.0, 2.5, 3.0, 3.5]
    assert compute(Count(source="formula", formula="count", rows=3)).frames[ALL]["value"].tolist() == [1, 2, 3]


def test_line_computes_y_for_every_x():
    params = Line(source="formula", formula="line", slope=1, intercept=6, splits={"train": [-1, 0, 1], "test": [10]})
    raw = line(params)
    assert raw.frames["train"].to_dict("list") == {"x": [-1.0, 0.0, 1.0], "y": [5.0, 6.0, 7.0]}
    assert raw.frames["test"]["y"].tolist() == [16.0]


def test_the_third_row_of_two_tables():
    """Two steps from 1, modulo ten rows: steps of 1, 3, 7 in the first table, of 9, 11, 13 in the second."""
    raw = two_tables(TwoTables(source="formula", formula="two_tables", rows=10))
    a, b = [3.0, 7.0, 5.0], [9.0, 3.0, 7.0]
    assert raw.columns == ["a1", "a2", "a3", "b1", "b2", "b3", "y1", "y2"]
    assert raw.frames[ALL].iloc[2].tolist() == [*a, *b, 5 + 19 / 3, 5 * (19 / 3) / 10]


def test_every_column_of_two_tables_is_a_permutation():
    frame = two_tables(TwoTables(source="formula", formula="two_tables", rows=1000)).frames[ALL]
    for column in ("a1", "a2", "a3", "b1", "b2", "b3"):
        assert sorted(frame[column]) == list(range(1, 1001))
