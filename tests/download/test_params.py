import pytest
from pydantic import ValidationError

from stages.core.problems import adapter, problems
from stages.download.params import Download

FILE = {"train": {"path": "a", "sha256": "0" * 64}}
CSV = {"source": "file", "files": FILE, "format": {"format": "csv"}}
NPZ = {"source": "file", "files": FILE, "format": {"format": "npz", "images": "x", "labels": "y", "classes": ["a"]}}
POINTS = {"source": "formula", "formula": "points"}
LINE = {"source": "formula", "formula": "line", "slope": 1.0, "intercept": 0.0}


def faults(params):
    with pytest.raises(ValidationError) as raised:
        adapter(Download).validate_python(params)
    return "; ".join(str(p) for p in problems(Download, raised.value))


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"source": "skleran", "name": "iris"}, "did you mean sklearn?"),
        ({"source": "sklearn", "name": "irs"}, "did you mean iris?"),
        (POINTS | {"splits": {"a": {"x": [1, 2], "y": [1]}}}, "a: columns differ in length (x: 2, y: 1)"),
        (POINTS | {"splits": {"a": {"x": [1]}, "b": {"z": [1]}}}, "splits differ in columns (a: x; b: z)"),
        (POINTS | {"splits": {"a": {"x": []}}}, "splits.a.x: list should have at least 1 item"),
        (LINE | {"splits": {"a": []}}, "splits.a: list should have at least 1 item"),
        (LINE | {"splits": {"a": [1]}, "slope": float("nan")}, "slope: should be a finite number"),
        (CSV | {"time": "date"}, "time is for kind: series only"),
        (CSV | {"time_format": "%Y"}, "time names no column"),
        (CSV | {"columns": []}, "columns: list should have at least 1 item"),
        (CSV | {"columns": ["a", "b", "a"]}, "columns names a more than once"),
        (CSV | {"columns": ["a"], "classes": {"species": ["x"]}}, "columns leaves out species"),
        (CSV | {"columns": ["a"], "kind": "series", "time": "day"}, "columns leaves out day"),
        (CSV | {"format": {"format": "csv", "header": False}}, "names must list the columns"),
        (CSV | {"format": {"format": "csv", "names": ["a"]}}, "set header: false"),
        (CSV | {"format": {"format": "csv", "encoding": "utf9"}}, "no encoding 'utf9'"),
        (CSV | {"format": {"format": "csv", "encoding": "base64"}}, "no encoding 'base64'"),
        (CSV | {"format": {"format": "csv", "separator": "\n"}}, "separator: string should match"),
        (CSV | {"format": {"format": "csv", "separator": '"'}}, "separator: string should match"),
        (NPZ | {"columns": ["a"], "kind": "table"}, "npz holds no table; columns, kind: for tables only"),
    ],
)
def test_a_mistake_in_the_conf_is_told_before_anything_is_fetched(params, said):
    assert said in faults(params)
