"""The table that a README shows, line by line."""

from stages.report.format_text import NOTHING
from stages.report.headline_table import HEAD, headlines
from tests.report.fakes import class_metrics, value_metrics


def cells(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|\n").split("|")] for line in text.splitlines()]


def row(metrics) -> list[str]:
    return cells(headlines({"mine": metrics}))[2]


def test_the_table_as_git_has_it() -> None:
    assert headlines({"flowers": class_metrics()}) == (
        "| dataset | metric | test | mean | spread | worst | seeds | baseline | gain | to reach |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        f"| flowers | accuracy | 0.75 | {NOTHING} | {NOTHING} | {NOTHING} | 1 | 0.5 (majority) | 0.25 | {NOTHING} |\n"
    )


def test_several_seeds_and_an_aim() -> None:
    seeds = {"count": 5, "mean": 0.78125, "spread": 0.012345678, "worst": 0.7}
    assert row(class_metrics(seeds=seeds, reach=0.98)) == [
        *("mine", "accuracy", "0.75", "0.7812", "0.01235", "0.7", "5", "0.5 (majority)", "0.25", "0.98"),
    ]


def test_no_spread_and_an_aim_of_nothing_are_figures_too() -> None:
    seeds = {"count": 2, "mean": 0.75, "spread": 0.0, "worst": 0.75}
    assert row(class_metrics(seeds=seeds, reach=0.0))[3:7] == ["0.75", "0", "0.75", "2"]
    assert row(class_metrics(reach=0.0))[-1] == "0"


def test_a_model_that_is_worse_than_its_baseline_says_so() -> None:
    assert row(value_metrics())[7:9] == ["2 (persistence)", "-0.5"]


def test_one_of_several_targets_is_named() -> None:
    metrics = class_metrics(
        headline={"metric": "y2.r2", "better": "higher", "baseline": "linear"},
        y2={"r2": 0.991234},
        baseline={"linear": {"y2": {"r2": 0.9}}},
    )
    assert row(metrics)[1:3] == ["y2.r2", "0.9912"]
    assert row(metrics)[7] == "0.9 (linear)"


def test_datasets_come_in_the_order_of_the_suite_the_unmeasured_ones_too() -> None:
    table = cells(headlines({"zebra": class_metrics(), "later": None, "apple": value_metrics()}))
    assert [line[0] for line in table[2:]] == ["zebra", "later", "apple"]
    assert table[3] == ["later", *[NOTHING] * 9]
    assert {len(line) for line in table} == {len(HEAD)}


def test_a_suite_without_datasets_is_a_head() -> None:
    assert len(headlines({}).splitlines()) == 2
