import html
import re

import pytest

from stages.cli.compare.comparison import (
    CheckChange,
    Comparison,
    DatasetComparison,
    DriftChange,
    MetricChange,
    MetricValue,
    ParameterChange,
    RevisionName,
    StageChange,
    SuiteChange,
)
from stages.cli.compare.describe_changes import describe_stale
from stages.cli.compare.markdown import code, markdown
from stages.cli.compare.terminal import terminal_text
from stages.core.artefacts.records.evaluation import BestBaseline
from stages.report.rendering.format_text import DASH, MINUS

BASE, HEAD = RevisionName(name="main", commit="0" * 40), RevisionName(name="working tree", commit=None, uncommitted=2)
GITHUB_LIMIT = 65_536
ACCURACY = MetricChange(
    name="accuracy", headline=True, better="higher", base=0.9, head=0.8, change=-0.1, relative=-0.111111,
    improvement=-0.1, result="worse",
)  # fmt: skip


def dataset(key: str = "iris", **changes: object) -> DatasetComparison:
    return DatasetComparison(key=key, title=key, state="changed").model_copy(update=changes)


def comparison(*datasets: DatasetComparison, **changes: object) -> Comparison:
    found = Comparison(base=BASE, head=HEAD, datasets=[*datasets], unchanged=["wine"])
    return found.model_copy(update=changes)


def cells(line: str) -> list[str]:
    """As GitHub splits a row: at each | without a backslash before it."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def tables(text: str) -> list[list[list[str]]]:
    found: list[list[list[str]]] = [[]]
    for line in text.splitlines():
        if line.startswith("|"):
            found[-1].append(cells(line))
        elif found[-1]:
            found.append([])
    return [table for table in found if table]


def test_the_headline_is_in_the_first_table() -> None:
    text = markdown(comparison(dataset(metrics=[ACCURACY])))
    row = tables(text)[0][2]
    assert row == ["`iris`", "`accuracy`", "0.9", "0.8", f"{MINUS}0.1 ({MINUS}11.1%)", "**worse**", ""]
    assert text.index("| dataset |") < text.index("<details>")
    assert "1 dataset unchanged." in text


@pytest.mark.parametrize(
    "name", ["a|b", "`a", "<b>", "a\\|b", "*a*", "_a_", "[a](http://b)", "@me", "#1", "a\nb", "$a$"]
)
def test_names_and_values_cannot_break_a_table_or_be_html(name: str) -> None:
    shown = dataset(
        metrics=[ACCURACY.model_copy(update={"name": name})],
        parameters=[ParameterChange(name=name, base=name, head=[name])],
        checks=[CheckChange(name=name, base=name, head=name, failed=True)],
        drift=[DriftChange(column=name, exceeded=["psi"])],
        unknown=[name],
    )
    text = markdown(comparison(shown, unknown=[name]))
    assert [{len(row) for row in table} for table in tables(text)] == [{7}, {6}, {3}, {3}]
    rendered = re.sub(r"`[^`]*`", "", text)
    for tag in ("<b>", "@me", "](http", " #1"):
        assert tag not in rendered
    assert set(re.findall(r"</?\w+>", rendered)) <= {
        "<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>"
    }  # fmt: skip


@pytest.mark.parametrize("text", ["plain", "a|b`c", "<script>", "\\", "a & b", "ä€"])
def test_code_shows_the_text_itself(text: str) -> None:
    assert html.unescape(code(text).removeprefix("<code>").removesuffix("</code>").strip("`")) == text.strip("`")


def test_a_comment_is_never_too_long() -> None:
    long = [ParameterChange(name=f"train.{number}", base="x" * 500, head="y" * 500) for number in range(8)]
    text = markdown(comparison(*(dataset(f"key_{number}", parameters=long) for number in range(2000))))
    assert len(text) < GITHUB_LIMIT
    left_out = re.search(r"The details of ([\d,]+) datasets are left out", text)
    assert left_out is not None
    assert int(left_out[1].replace(",", "")) + text.count("<details>") == 2000
    assert "more datasets differ." in text
    assert text.count("<details>") == text.count("</details>")


def test_datasets_with_other_stages_alone_are_one_sentence() -> None:
    stages = [StageChange(stage="train", inputs=["code"])]
    changed = comparison(dataset("iris", stages=stages), dataset("wine", stages=stages, same_metrics=3))
    for text in (markdown(changed), terminal_text(changed)):
        assert "2 datasets with the same results (iris, wine)" in text
        assert text.count("train (code)") == 1
        assert "<details>" not in text


def test_stale_results_are_named_before_all_else() -> None:
    stale = comparison(dataset(stale=["train", "evaluate"], metrics=[ACCURACY]))
    for text, first in ((markdown(stale), "| dataset"), (terminal_text(stale), "accuracy")):
        assert text.index("he results of the working tree are not those of its parameters, code") < text.index(first)
        assert "iris (train, evaluate); run " in text


def test_what_is_stale_in_both_revisions_is_named_once() -> None:
    found = comparison(
        dataset("iris", stale=["report"], base_stale=["report"]),
        dataset("wine", stale=["train"], base_stale=["report"]),
        dataset("co2", base_stale=["report"]),
    )
    both, base, head = describe_stale(found)
    assert "the results of both revisions" in both
    assert [text.split("data: ")[1] for text in (both, base, head)] == [
        "iris (report); run `restage run`",
        "wine, co2 (report)",
        "wine (train); run `restage run`",
    ]


def test_a_failed_validation_is_corrected_before_a_run_helps() -> None:
    failed = [CheckChange(name="a", base="passed", head="failed", failed=True)]
    [sentence] = describe_stale(comparison(dataset(stale=["validate"], checks=failed)))
    assert sentence.endswith(": iris (validate); validate fails: iris; correct that first, then run `restage run`")


def test_stale_results_are_not_the_same_results() -> None:
    stages = [StageChange(stage="train", inputs=["code"])]
    same = {"stages": stages, "same_headline": MetricValue(name="accuracy", value=0.9), "same_metrics": 3}
    found = comparison(dataset("iris", **same), dataset("wine", **same, stale=["report"]), unchanged=[])
    for text in (markdown(found), terminal_text(found)):
        assert "1 dataset with the same results (iris)" in text
        assert "1 dataset with unchanged but stale results (wine)" in text


def test_a_headline_that_is_the_same_has_its_value() -> None:
    changes = {"same_headline": MetricValue(name="accuracy", value=0.9), "same_metrics": 3, "accepted_profile": "new"}
    same = comparison(dataset("iris", **changes), dataset("wine", **changes, stale=["report"]))
    rows = tables(markdown(same))[0][2:]
    assert rows[0][1:6] == ["`accuracy`", "0.9", "0.9", "0", "same"]
    assert rows[1][5] == "stale"
    assert rows[1][2:5] == ["0.9", "0.9", "0"]
    assert any(line.split() == ["*", "accuracy", "0.9", "same"] for line in terminal_text(same).splitlines())


def test_checks_of_a_new_dataset_that_passed_are_counted() -> None:
    checks = [CheckChange(name=str(number), base=None, head="passed", failed=False) for number in range(12)]
    checks += [CheckChange(name="equal rows", base=None, head="0", failed=False)]
    failed = CheckChange(name="age", base=None, head="2 unexpected", failed=True)
    found = comparison(dataset("mine", state="new", checks=[failed, *checks]))
    assert tables(markdown(found))[1][2:] == [["`age`", "none", "**2 unexpected**"]]
    assert "Checks: 13 checks passed." in markdown(found)
    assert "13 checks passed" in terminal_text(found)


def test_why_a_metric_is_not_judged_is_said_beside_it() -> None:
    loss = ACCURACY.model_copy(update={"name": "loss", "result": "differs", "not_judged": "the predictions lack it"})
    found = markdown(comparison(dataset(metrics=[loss])))
    assert tables(found)[1][2][4:] == ["differs", "not judged: the predictions lack it"]


def test_many_parameters_are_counted_and_those_of_the_gate_apart() -> None:
    names = [f"evaluate.gate.at_least.{name}" for name in "abc"] + ["train.epochs", "evaluate.gates", "train.batch"]
    changed = dataset(parameters=[ParameterChange(name=name, base=1, head=2) for name in names])
    assert tables(markdown(comparison(changed)))[0][2][6] == "3 parameters of the gate; 3 other parameters"


def test_a_parameter_with_a_long_value_is_counted() -> None:
    changed = dataset(parameters=[ParameterChange(name="report.about", base="a", head="b" * 80)])
    assert tables(markdown(comparison(changed)))[0][2][6] == "1 parameter"


def test_a_failed_validation_is_the_result_and_the_value_is_that_of_base_alone() -> None:
    stale = dataset(
        stale=["validate", "preprocess", "train", "evaluate", "report"],
        checks=[CheckChange(name="rows", base="passed", head="failed", failed=True)],
        same_headline=MetricValue(name="accuracy", value=0.9),
    )
    text = markdown(comparison(stale))
    assert tables(text)[0][2][2:] == ["0.9", DASH, DASH, "**validation fails**", "rows fails"]
    assert "run `restage run`." in text


def test_a_new_dataset_is_beside_its_best_baseline() -> None:
    new = dataset(state="new", best_baseline=BestBaseline(name="gradient_boosting", value=0.91, improvement=0.02))
    found = comparison(new)
    sentence = "better than the best baseline, gradient boosting (0.91)"
    assert tables(markdown(found))[0][2][5:] == ["new", sentence]
    assert f"headline: {sentence}" in terminal_text(found)


def test_what_is_few_is_named_beside_the_headline() -> None:
    changed = dataset(
        same_rows=False,
        checks=[CheckChange(name="a", base="passed", head="failed", failed=True)],
        drift=[DriftChange(column="x", exceeded=["psi"]), DriftChange(column="y", exceeded=["ks"])],
        parameters=[ParameterChange(name="train.epochs", base=1, head=2)],
        accepted_profile="changed",
    )
    row = tables(markdown(comparison(changed)))[0][2]
    assert row[5:] == [
        "not known",
        "other rows; accepted profile changed; a fails; x drifted; y drifted; train.epochs 1 → 2",
    ]


def test_nothing_differs() -> None:
    same = comparison()
    assert "Nothing differs." in markdown(same)
    assert terminal_text(same).splitlines()[-1] == "1 dataset unchanged"


def test_suites_and_states() -> None:
    changed = comparison(
        dataset("mine", state="new"),
        dataset("gone", state="removed"),
        suites=[SuiteChange(name="starter", added=["mine"], removed=["gone"])],
    )
    assert [row[5] for row in tables(markdown(changed))[0][2:]] == ["new", "removed"]
    for text in (markdown(changed), terminal_text(changed)):
        assert "suite starter: with mine; without gone" in text


def test_the_terminal_is_aligned() -> None:
    other = ACCURACY.model_copy(update={"name": "balanced_accuracy", "headline": False})
    lines = terminal_text(comparison(dataset(metrics=[ACCURACY, other], same_metrics=2))).splitlines()
    rows = [line for line in lines if "worse" in line]
    assert [line.index("worse") for line in rows] == [rows[0].index("worse")] * 2
    assert rows[0].startswith("  * accuracy ")
    assert "  2 metrics unchanged" in lines
