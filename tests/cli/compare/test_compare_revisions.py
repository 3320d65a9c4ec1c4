from dataclasses import replace
from pathlib import Path

import pytest

from stages.cli.compare.comparison import Comparison, MeasuredRows, MetricValue, SizeChange, StageChange
from stages.core.dvc.storage.cache import cache_folder
from stages.core.errors import UserError
from tests.cli.compare.recorded_results import (
    Results,
    commit_results,
    compare,
    compare_tiny,
    drifted,
    failed_check,
    predicted,
)
from tests.cli.revisions.recorded_repository import git


def test_the_same_results_are_counted(repository: Path) -> None:
    commit = commit_results("base", tiny=predicted(0), other=predicted(1))
    commit_results("head", tiny=predicted(0), other=predicted(1))
    comparison = compare("base", "head")
    assert (comparison.datasets, comparison.unchanged, comparison.unknown) == ([], ["tiny", "other"], [])
    assert (comparison.base.name, comparison.base.commit, comparison.base.title) == ("base", commit, "base")


def test_all_that_differs_in_a_dataset(repository: Path) -> None:
    dataset = compare_tiny(
        predicted(0, parameters=3),
        predicted(0, 1, parameters=5, params={"train": {"epochs": 2}}, validation=drifted("age")),
    )
    assert (dataset.key, dataset.title, dataset.state, dataset.same_rows) == ("tiny", "Tiny", "changed", True)
    assert [(p.name, p.base, p.head) for p in dataset.parameters] == [("train.epochs", 1, 2)]
    assert dataset.sizes == [
        SizeChange(name="model parameters", base=3, head=5),
        SizeChange(name="bytes of model.keras", base=3, head=5),
    ]
    assert dataset.stages == [
        StageChange(stage="validate", inputs=["outputs only"]),
        StageChange(stage="train", inputs=["parameters"]),
        StageChange(stage="evaluate", inputs=["outputs only"]),
    ]
    assert [drift.column for drift in dataset.drift] == ["age"]
    assert dataset.unknown == []


def test_rows_of_the_splits(repository: Path) -> None:
    fewer = replace(predicted(0), truth=[0, 1, 0, 1, 0], predicted=[0, 1, 0, 1, 0], rows=range(5))
    dataset = compare_tiny(predicted(0), replace(fewer, metrics={"accuracy": 1.0}))
    assert dataset.sizes == [SizeChange(name="rows of test", base=10, head=5)]
    assert (dataset.same_rows, dataset.rows) == (False, MeasuredRows(base=10, head=5, both=5))


def test_the_headline_metric_that_is_the_same(repository: Path) -> None:
    dataset = compare_tiny(predicted(0), predicted(0, parameters=4))
    assert (dataset.same_headline, dataset.same_metrics) == (MetricValue(name="accuracy", value=0.9), 1)


def test_a_new_and_a_removed_dataset(repository: Path) -> None:
    commit_results("base", tiny=predicted(), gone=predicted(0, metrics={"accuracy": 0.9, "f1": 0.8}))
    commit_results("head", tiny=predicted(), mine=predicted(1, validation=failed_check()))
    mine, gone = compare("base", "head").datasets
    assert (mine.key, mine.state, gone.key, gone.state) == ("mine", "new", "gone", "removed")
    assert [(m.base, m.head, m.result, m.headline) for m in mine.metrics] == [(None, 0.9, "new", True)]
    assert [(m.name, m.base, m.head, m.result) for m in gone.metrics] == [("accuracy", 0.9, None, "removed")]
    assert (gone.sizes, gone.checks, gone.unknown) == ([], [], [])
    assert [(check.head, check.failed) for check in mine.checks if check.failed] == [("12 unexpected", True)]
    assert (mine.stages, mine.parameters) == ([], [])
    assert {size.name for size in mine.sizes} == {
        "rows of train", "rows of test", "model parameters", "bytes of model.keras"
    }  # fmt: skip


def test_only_the_datasets_that_are_named(repository: Path) -> None:
    commit_results("base", tiny=predicted(), other=predicted())
    commit_results("head", tiny=predicted(0), other=predicted(0))
    assert [dataset.key for dataset in compare("base", "head", "other").datasets] == ["other"]


def test_the_record_survives_json(repository: Path) -> None:
    compare_tiny(predicted(0, 1), predicted(0, params={"train": {"model": {"units": [1, 2]}}}))
    comparison = compare("base", "head")
    assert Comparison.model_validate_json(comparison.model_dump_json()) == comparison


def test_an_accepted_profile_that_changed(repository: Path) -> None:
    commit_results("base", tiny=predicted())
    Path("conf/accepted/tiny.json").write_text("other")
    commit_results("head", tiny=predicted())
    Path("conf/accepted/tiny.json").unlink()
    [changed], [removed] = compare("base", "head").datasets, compare("base", None).datasets
    assert (changed.accepted_profile, removed.accepted_profile) == ("changed", "removed")


def test_the_working_tree_and_how_many_files_are_not_committed(repository: Path) -> None:
    commit_results("base", tiny=predicted(0))
    assert compare("base", None).unchanged == ["tiny"]
    Path("reports/metrics/tiny.json").write_text('{"accuracy": 0.8}')
    comparison = compare("base", None)
    [accuracy] = comparison.datasets[0].metrics
    assert (accuracy.base, accuracy.head) == (0.9, 0.8)
    assert (comparison.head.name, comparison.head.commit, comparison.head.uncommitted) == ("working tree", None, 1)
    [reason] = comparison.datasets[0].unknown
    assert reason.startswith("accuracy: data/predictions are not those of reports/metrics (working tree)")


def test_a_failed_validation_of_the_working_tree_that_dvc_did_not_record(repository: Path) -> None:
    commit_results("base", tiny=predicted())
    file = Path("reports/validation/tiny.json")
    file.parent.mkdir(parents=True)
    file.write_text(failed_check().model_dump_json())
    [dataset] = compare("base", None).datasets
    assert [(check.head, check.failed) for check in dataset.checks] == [("12 unexpected", True)]


@pytest.mark.error_case("compare")
@pytest.mark.parametrize("text", ["", "{", '{"accuracy": null}'])
@pytest.mark.parametrize("head", ["HEAD", None])
def test_the_headline_of_a_damaged_file_is_not_known(head: str | None, text: str, repository: Path) -> None:
    commit_results("base", tiny=predicted(metrics={"accuracy": 1.0, "f1": 1.0}))
    Path("reports/metrics/tiny.json").write_text(text)
    git("commit", "--quiet", "--all", "--message", "damaged")
    [dataset] = compare("base", head).datasets
    assert [(m.name, m.base, m.head, m.result) for m in dataset.metrics] == [("accuracy", 1.0, None, "not known")]
    assert dataset.unknown[0].startswith(f"metrics: reports/metrics/tiny.json of {head or 'working tree'}: ")
    assert ("`restage run tiny` writes it again" in dataset.unknown[0]) == (head is None)


@pytest.mark.error_case("compare")
def test_a_subfolder(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit_results("base", tiny=predicted())
    monkeypatch.chdir("conf")
    with pytest.raises(UserError, match=r"params\.yaml: missing; run it at the root of the repository"):
        compare("base", None)


@pytest.mark.error_case("compare")
def test_a_revision_without_params(repository: Path) -> None:
    commit_results("head", tiny=predicted())
    with pytest.raises(UserError, match=r"params\.yaml of old: missing, or without datasets"):
        compare("old", "head")


@pytest.mark.error_case("compare")
def test_a_revision_without_records_has_its_metrics(repository: Path) -> None:
    commit_results("base", tiny=predicted(0))
    git("rm", "--quiet", "dvc.lock")
    git("commit", "--quiet", "--message", "no records")
    git("tag", "bare")
    commit_results("head", tiny=predicted(0, 1))
    [dataset] = compare("bare", "head").datasets
    assert [(m.base, m.head, m.result) for m in dataset.metrics] == [(0.9, 0.8, "differs")]
    assert any("not recorded in dvc.lock (bare)" in reason for reason in dataset.unknown)


@pytest.mark.error_case("compare")
def test_records_of_another_version_of_the_code(repository: Path) -> None:
    commit_results("base", tiny=predicted(0))
    commit_results("head", tiny=predicted(0, 1, parameters=4))
    for file in cache_folder().rglob("*"):
        if file.is_file() and b'"best_epoch"' in file.read_bytes():
            file.unlink()  # a damaged object would not be read
    [dataset] = compare("base", "head").datasets
    assert dataset.metrics[0].result == "within noise"
    assert any("not in DVC's cache" in reason for reason in dataset.unknown)


@pytest.mark.error_case("compare")
def test_a_key_that_neither_revision_has(repository: Path) -> None:
    commit_results("base", tiny=predicted())
    with pytest.raises(UserError, match="no dataset 'tinny' in base or working tree; did you mean tiny") as raised:
        compare("base", None, "tinny", "nothing")
    assert len(raised.value.messages) == 2


@pytest.mark.error_case("compare")
def test_a_key_that_is_not_in_the_suite(repository: Path) -> None:
    commit_results("base", tiny=predicted())
    Path("conf/dataset").mkdir()
    Path("conf/dataset/mine.yaml").write_text("")
    with pytest.raises(UserError, match="no dataset 'mine' in base or working tree; `restage add mine` takes it into"):
        compare("base", None, "mine")


def test_what_is_unknown_for_several_datasets_is_said_once(repository: Path) -> None:
    results: dict[str, Results] = {"tiny": predicted(0), "other": predicted(0)}
    commit_results("base", **results)
    for key in results:
        Path(f"reports/metrics/{key}.json").write_text('{"accuracy": 0.1}')
    comparison = compare("base", None)
    assert [dataset.unknown for dataset in comparison.datasets] == [[], []]
    assert len(comparison.unknown) == 1
    assert comparison.unknown[0].startswith("accuracy of tiny, other: ")


@pytest.mark.error_case("compare")
def test_damaged_predictions_do_not_show_a_value(repository: Path) -> None:
    secret = replace(predicted(0, 1), truth=[0.5] * 10, predicted=["Ann Private"] * 10)
    dataset = compare_tiny(predicted(0), secret)
    assert any("damaged or of another form (head)" in reason for reason in dataset.unknown)
    assert "Private" not in str(dataset)
