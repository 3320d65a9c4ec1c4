from pathlib import Path
from typing import Any

import pytest

from stages.cli.predict.predict_options import PredictOptions, parse_options
from stages.core.errors import UserError


def parse(*arguments: str, row: tuple[str, ...] = (), skip_bad: bool = False, **texts: Any) -> PredictOptions:
    given = {"out": None, "file_format": None, "split": None, "revision": None} | texts
    return parse_options("iris", arguments, row, skip_bad=skip_bad, **given)


def test_an_input_an_output_and_a_revision() -> None:
    assert parse("new.csv", out="done.jsonl", revision="v1", skip_bad=True) == PredictOptions(
        "iris", Path("new.csv"), [], out=Path("done.jsonl"), revision="v1", skip_bad=True
    )


def test_standard_input() -> None:
    assert parse("-", file_format="jsonl", out="done.csv").source == "-"


def test_values_of_one_row_may_follow_one_another() -> None:
    assert parse("b=2", "c=x y", row=("a=1",)).row == ["a=1", "b=2", "c=x y"]
    assert parse(row=("a=1", "b=2")).row == ["a=1", "b=2"]


def test_without_an_input() -> None:
    options = parse(split="validation")
    assert not options.has_input
    assert options.split == "validation"


@pytest.mark.error_case("predict")
@pytest.mark.parametrize(
    ("arguments", "texts", "message"),
    [
        (["a.csv", "b.csv"], {}, "one input is expected; received a.csv, b.csv"),
        (["a=1"], {}, "the values of one row follow --row, as in --row a=1"),
        (["a.csv"], {"split": "test"}, "--split is for the rows of the dataset"),
        ([], {"split": "tets"}, "--split tets: did you mean test?"),
        ([], {"file_format": "xlsx"}, "--format xlsx: allowed: csv"),
        (["a.csv"], {"file_format": "csv", "out": "b.csv"}, "--format is for standard input and output"),
        (["a.csv"], {"out": "b.xlsx"}, "b.xlsx: predictions are written as .csv"),
        ([], {"pictures": "photos"}, "--pictures is for an input"),
        ([], {"skip_bad": True}, "--skip-bad is for an input"),
    ],
)
def test_wrong_options(arguments: list[str], texts: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError) as raised:
        parse(*arguments, **texts)
    assert message in str(raised.value)


@pytest.mark.error_case("predict")
def test_all_wrong_options_at_once() -> None:
    with pytest.raises(UserError) as raised:
        parse("a.csv", "b.csv", split="tets", out="c.xlsx")
    assert len(raised.value.messages) == 4
