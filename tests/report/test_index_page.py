"""The index over all datasets, from the suite and whatever was measured so far."""

import pytest

from stages.core import paths
from stages.core.errors import UserError
from stages.core.runtime.atomic_write import write_json
from stages.report.index_page import index
from stages.report.suite_summary import run
from tests.report.fakes import class_metrics, value_metrics
from tests.report.reading import Reader

TITLES = {"prices": "Prices", "flowers": "Flowers", "later": "Later"}
DATASETS = [{"key": key, "title": title} for key, title in TITLES.items()]
METRICS = {"flowers": class_metrics(), "prices": value_metrics(), "later": None}


def test_every_dataset_has_its_figure_its_baseline_and_a_link():
    read = Reader(index(TITLES, METRICS))
    assert read.links == ["pages/prices.html", "pages/flowers.html"]
    assert "Flowers 4 test samples 75% Accuracy 50% majority 25 points better 50% less error" in read.text


def test_a_loss_is_shown_as_one():
    text = index({"prices": "Prices"}, {"prices": value_metrics()})
    assert '<p class="bad">0.5 worse</p>' in text
    assert '<span class="down" style="width: 12.5%">' in text


def test_what_was_not_evaluated_is_said():
    assert "Later No metrics yet: run dvc repro evaluate@later ." in Reader(index(TITLES, METRICS)).text


def test_the_summary_counts_honestly():
    text = Reader(index(TITLES, METRICS)).text
    assert "3 datasets: 1 better than the baseline, 1 worse, 1 not evaluated yet." in text


def test_a_gain_without_a_scale_has_no_bar():
    metrics = value_metrics(baseline={"persistence": {"rmse": 0.0}}, gain=-2.5)
    assert 'class="gain"' not in index({"prices": "Prices"}, {"prices": metrics})


def test_no_datasets_are_said_to_be_none():
    assert "The suite has no datasets." in Reader(index({}, {})).text


def test_a_hostile_title_stays_text():
    assert "script" not in Reader(index({"a": "<script>alert(1)</script>"}, {"a": None})).tags


def test_the_stage_reads_the_suite_and_links_to_where_pages_are(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_json(paths.SUITE, {"suite": "starter", "datasets": DATASETS})
    write_json(paths.metrics("flowers"), class_metrics())
    run()
    first = paths.INDEX.read_bytes()
    run()
    assert paths.INDEX.read_bytes() == first
    (link,) = Reader(first.decode()).links
    assert paths.INDEX.parent / link == paths.dataset_page("flowers")


def test_the_stage_writes_a_table_of_headlines_for_its_suite(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_json(paths.metrics("flowers"), class_metrics())
    for suite in ("starter", "full"):
        write_json(paths.SUITE, {"suite": suite, "datasets": DATASETS})
        run()
    tables = sorted(paths.headline_table("starter").parent.iterdir())
    assert [table.name for table in tables] == ["full.md", "starter.md"]
    keys = [line.split(" ")[1] for line in paths.headline_table("starter").read_text().splitlines()[2:]]
    assert keys == list(TITLES)


def test_without_a_suite_the_guard_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=r"suite\.json: not here; run `dvc repro guard`"):
        run()
