import json
from pathlib import Path

import pytest

from stages.cli.merge.merge_files import PATTERNS, can_merge, merge_file

ROOT = Path(__file__).parents[3]
SUITE = """\
# A comment
defaults:
{datasets}  - _self_

suite: starter
datasets.iris.train.epochs: {epochs}
"""


def lock(**versions: int) -> str:
    entries = "".join(f"  {name.replace('_at_', '@')}:\n    cmd: {number}\n" for name, number in versions.items())
    return f"schema: '2.0'\nstages:\n{entries}"


def suite(*datasets: str, epochs: int = 1) -> str:
    lines = "".join(f"  - /dataset@datasets.{key}: {key}\n" for key in datasets)
    return SUITE.format(datasets=lines, epochs=epochs)


def test_git_merges_the_same_files() -> None:
    lines = (ROOT / ".gitattributes").read_text().splitlines()
    assert [line.removesuffix(" merge=restage") for line in lines if not line.startswith("#")] == list(PATTERNS)
    assert can_merge("reports/metrics/iris.json")
    assert not can_merge("conf/dataset/iris.yaml")


def test_stages_of_different_datasets() -> None:
    merged = merge_file(
        "dvc.lock",
        lock(guard=1, train_at_a=1, train_at_b=1),
        lock(guard=2, train_at_a=2, train_at_b=1, train_at_c=1),
        lock(guard=3, train_at_a=1, train_at_b=2),
    )
    assert merged.text == lock(guard=2, train_at_a=2, train_at_b=2, train_at_c=1)
    assert (merged.messages, merged.unresolved) == ([], False)


def test_a_stage_that_both_sides_changed_is_named() -> None:
    merged = merge_file("dvc.lock", lock(train_at_a=1), lock(train_at_a=2), lock(train_at_a=3))
    assert (merged.text, merged.unresolved) == (lock(train_at_a=2), False)
    [message] = merged.messages
    assert "train@a" in message
    assert "`restage run`" in message


def test_both_sides_add_a_dataset_to_a_suite() -> None:
    merged = merge_file("conf/suite/starter.yaml", suite("a"), suite("a", "b"), suite("a", "c", epochs=2))
    assert merged.text == suite("a", "b", "c", epochs=2)
    assert not merged.unresolved


def test_one_side_adds_a_dataset_and_the_other_removes_one() -> None:
    assert merge_file("conf/suite/full.yaml", suite("a", "b"), suite("a", "b", "c"), suite("b")).text == suite("b", "c")


def test_both_sides_set_the_same_value_of_a_suite() -> None:
    merged = merge_file("conf/suite/starter.yaml", suite("a"), suite("a", epochs=2), suite("a", epochs=3))
    assert merged.unresolved
    assert "<<<<<<<" in merged.text


@pytest.mark.parametrize(
    ("ours", "theirs", "result"), [("1", "2", "2"), ("2", "1", "2"), ("2", "2", "2"), ("2", "3", "2")]
)
def test_metrics_are_those_of_one_side(ours: str, theirs: str, result: str) -> None:
    def metrics(value: str) -> str:
        return json.dumps({"accuracy": value, "loss": value}, indent=2)

    merged = merge_file("reports/metrics/iris.json", metrics("1"), metrics(ours), metrics(theirs))
    assert (merged.text, merged.messages) == (metrics(result), [])


@pytest.mark.parametrize(("ours", "theirs"), [("", "changed"), ("changed", "")])
def test_metrics_of_a_dataset_that_one_side_removed(ours: str, theirs: str) -> None:
    assert merge_file("reports/metrics/iris.json", "1", ours, theirs).text == ""


def test_rows_of_different_datasets_in_a_table() -> None:
    def table(a: int, b: int) -> str:
        return f"| dataset | rows |\n| --- | --- |\n| a | {a} |\n| b | {b} |\n"

    assert merge_file("reports/headlines/starter.md", table(1, 1), table(2, 1), table(1, 2)).text == table(2, 2)


def test_params_are_composed_again_where_both_sides_changed_a_line() -> None:
    merged = merge_file("params.yaml", "a: 1\n", "a: 2\n", "a: 3\n")
    assert (merged.text, merged.unresolved) == ("a: 2\n", False)


def test_a_profile_that_both_sides_accepted_is_left_to_a_person() -> None:
    assert merge_file("conf/accepted/iris.json", "1", "1", "2").text == "2"
    merged = merge_file("conf/accepted/iris.json", "1", "2", "3")
    assert (merged.text, merged.unresolved) == ("2", True)
    assert "`restage accept iris`" in merged.messages[0]


def test_a_record_of_refreshed_data_is_that_of_one_side() -> None:
    texts = [merge_file("conf/refreshed/iris.json", "1", *sides).text for sides in (("1", "2"), ("2", "1"), ("2", "3"))]
    assert texts == ["2", "2", "2"]
    assert merge_file("conf/refreshed/iris.json", "1", "", "2").text == ""
