from stages.core.artefacts.records.suite_datasets import DatasetTitle
from stages.report.suite.index_page import Unfinished, index_page
from tests.report.example_records import class_evaluation, value_evaluation
from tests.report.html_reader import PageReader

DATASETS = [DatasetTitle(key=title.lower(), title=title) for title in ("Prices", "Flowers", "Later")]
EVALUATIONS = {"flowers": class_evaluation(), "prices": value_evaluation()}
PRICES = DATASETS[:1]


def test_every_evaluated_dataset_has_its_values_and_a_link() -> None:
    reader = PageReader(index_page(DATASETS, EVALUATIONS))
    assert reader.links == ["pages/prices.html", "pages/flowers.html"]
    assert "Flowers 4 test samples 75% Accuracy 50% baseline: majority 25 points better 50% less error" in reader.text


def test_a_result_worse_than_the_baseline() -> None:
    page = index_page(PRICES, EVALUATIONS)
    assert '<p class="bad">0.5 worse</p>' in page
    assert '<span class="down" style="width: 12.5%">' in page


def test_a_dataset_that_was_not_evaluated_shows_the_command() -> None:
    assert (
        "Later Not evaluated yet. Run dvc repro evaluate@later ." in PageReader(index_page(DATASETS, EVALUATIONS)).text
    )


def test_better_and_worse_datasets_are_counted() -> None:
    text = PageReader(index_page(DATASETS, EVALUATIONS)).text
    assert "3 datasets: 1 better than the best baseline, 1 worse, 1 not evaluated yet." in text


def test_there_is_no_bar_if_the_baseline_is_perfect() -> None:
    evaluation = value_evaluation(best_baseline={"value": 0.0, "improvement": -2.5})
    assert 'class="improvement"' not in index_page(PRICES, {"prices": evaluation})


def test_there_is_no_bar_if_the_model_has_the_error_of_the_baseline() -> None:
    same = EVALUATIONS["prices"].headline.value
    page = index_page(PRICES, {"prices": value_evaluation(best_baseline={"value": same, "improvement": 0.0})})
    assert "neither better nor worse" in page
    assert 'class="improvement"' not in page


def test_a_suite_without_datasets() -> None:
    assert "The suite has no datasets." in PageReader(index_page([], {})).text


def test_markup_in_a_title_is_escaped() -> None:
    page = index_page([DatasetTitle(key="a", title="<script>alert(1)</script>")], {})
    assert "script" not in PageReader(page).tags


UNFINISHED = Unfinished({"prices": "Failed: report."}, {"later": "Old results: train did not run."}, ["flowers"])


def test_after_an_unfinished_run_every_dataset_has_its_state() -> None:
    reader = PageReader(index_page(DATASETS, EVALUATIONS, UNFINISHED))
    assert reader.links == ["pages/flowers.html"]
    assert "1 dataset failed, 1 dataset has old results." in reader.text
    assert "Failed: report. The values are from before." in reader.text
    assert "Later Not evaluated yet. Old results: train did not run." in reader.text


def test_a_finished_run_of_some_datasets_is_no_failure() -> None:
    reader = PageReader(index_page(DATASETS, EVALUATIONS, Unfinished({}, UNFINISHED.old, ["flowers"], finished=True)))
    assert "The last run was of some datasets: 1 dataset has old results." in reader.text
    assert "did not finish" not in reader.text


def test_the_page_of_an_unfinished_run_is_never_the_recorded_one() -> None:
    """Even if nothing failed: then `summary` is stale, and the next run writes the recorded page."""
    assert index_page(PRICES, EVALUATIONS, Unfinished({}, {}, ["prices"])) != index_page(PRICES, EVALUATIONS)


def test_datasets_with_the_same_rows_are_a_leaderboard() -> None:
    datasets = [DatasetTitle(key=key, title=key.capitalize(), source="same") for key in ("small", "large")]
    evaluations = {
        key: class_evaluation(headline={"value": value}, rows_digest="rows")
        for key, value in (("small", 0.75), ("large", 0.875))
    }
    reader = PageReader(index_page(datasets, evaluations))
    assert "Accuracy on the same 4 test samples" in reader.text
    assert "Large 87.5% \N{EN DASH} Small 75% 12.5 points worse best baseline: majority 50%" in reader.text
    assert reader.links[-2:] == ["pages/large.html", "pages/small.html"]
    unfinished = PageReader(index_page(datasets, evaluations, Unfinished({}, {}, ["small"])))
    assert "pages/large.html" not in unfinished.links


def test_a_difference_that_may_be_chance_is_told() -> None:
    best = {"name": "majority", "value": 0.7, "improvement": 0.05, "interval": (-0.1, 0.2)}
    page = index_page(DATASETS[1:2], {"flowers": class_evaluation(best_baseline=best)})
    assert "The difference may be chance." in PageReader(page).text
