"""The model card has the facts of the records, and text of the user cannot change its layout."""

import re
from pathlib import Path
from typing import Any

from stages.core.artefacts.records.evaluation import BestBaseline, ForecastInterval, Headline, SeedStatistics
from stages.export.model_card.card_text import card_text
from stages.inference.input_schema import InputColumn, InputSchema, NumberRange
from stages.inference.model_card import Checks, DataFacts, ModelCard, PredictedTarget, Results

HEADLINE = Headline(target="price", metric="mae", better="lower", value=2.5)
RESULTS = Results(
    split="test",
    samples=1234,
    metrics={"price": {"mae": 2.5, "rmse": 3.25}},
    baselines={"mean": {"price": {"mae": 4.0}}, "median": {"price": {"mae": 3.5, "rmse": 5.0}}},
    headline=HEADLINE,
    best_baseline=BestBaseline(name="median", value=3.5, improvement=1.0, interval=(0.5, 1.5), resamples=1000),
    seeds=SeedStatistics(count=3, mean=2.6, spread=0.1, worst=2.8),
    intervals={
        "price": ForecastInterval(
            level=0.9, method="conformal", calibration_rows=50, coverage=0.875, interval_score=1.0
        )
    },
)
DATA = DataFacts(
    source={"source": "csv", "licence": "CC BY 4.0", "sha256": {"a.csv": "ff"}},
    files={"all.parquet": "aa"},
    rows={"all": 2000},
    samples={"test": 1234, "train": 766},
    split={"order": "chronological", "test": 1234},
    period=("2020-01-01", "2021-12-31"),
    private=["owner"],
)
COLUMNS = [
    InputColumn(name="size", type="number", range=NumberRange(minimum=1, median=2.5, maximum=9), can_be_missing=True),
    InputColumn(name="a|b", type="text", choices=["red", "*x*"]),
    InputColumn(name="owner", type="text", private=True),
]


def card(**changes: Any) -> ModelCard:
    fields: dict[str, Any] = {
        "key": "houses",
        "title": "Houses <b>",
        "about": "Prices.",
        "engine": "litert",
        "targets": [PredictedTarget(name="price", columns=["price"])],
        "data": DATA,
        "results": RESULTS,
        "checks": Checks(expectations=7, failed=1, duplicates_across_splits=3, profile_accepted=True, drifted=["size"]),
        "kept_rows": 0,
        "parameters": 1500,
        "inputs": {"data/models/houses/model.keras": "cc"},
        "versions": {"keras": "3.15.1"},
    }
    return ModelCard.model_validate(fields | changes)


def text(**changes: Any) -> str:
    return card_text(card(**changes), InputSchema(key="houses", kind="table", columns=COLUMNS))


def rows(found: str) -> list[list[str]]:
    """The cells of all tables."""
    lines = [line for line in found.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_the_facts_are_in_the_card() -> None:
    found = rows(text())
    for row in (
        ["`size`", "number", "1 to 9, median 2.5", "yes"],
        ["`a\\|b`", "text", "red, \\*x\\*", "no"],
        ["`owner`", "text", "private", "no"],
        ["licence", "CC BY 4.0"],
        ["period", "2020-01-01 to 2021-12-31"],
        ["private columns", "`owner`"],
        ["train", "766"],
        ["metric", "model", "mean", "median"],
        ["mae", "2.5", "4", "3.5"],
        ["rmse", "3.25", "", "5"],
        ["`data/models/houses/model.keras`", "`cc`"],
        ["`all.parquet`", "`aa`"],
        ["keras", "3.15.1"],
    ):
        assert row in found
    for fact in ("3 seeds", "0.1", "2.8", "90%", "87.5%", "1,234 rows", "0.5 to 1.5", "3 rows are equal", "1 failed"):
        assert fact in text(), fact


def test_a_model_as_good_as_the_best_baseline() -> None:
    best = BestBaseline(name="median", value=2.5, improvement=0.0, interval=(0.0, 0.0), resamples=1000)
    found = text(results=RESULTS.model_copy(update={"best_baseline": best}))
    assert "The model is as good." in found
    assert "worse" not in found.split("## Limits")[0]


def test_all_rows_of_a_table_have_the_same_number_of_cells() -> None:
    for block in text().split("\n\n"):
        if block.startswith("|"):
            assert len({len(row) for row in rows(block)}) == 1


def test_text_of_the_user_is_no_markup() -> None:
    found = text(title="# A\n<script>", about="[x](y)")
    assert found.startswith("# \\# A &lt;script&gt;\n\n\\[x\\](y)\n")


def test_a_model_that_is_not_converted() -> None:
    found = text(engine="keras", reason="LiteRT has no built-in operation for Erfinv of TensorFlow")
    assert "Erfinv" in found
    assert "TensorFlow" in found.partition("## Columns")[0]


def test_nothing_is_recorded_that_is_not_known() -> None:
    data = DATA.model_copy(update={"source": {"source": "formula"}, "period": None, "private": []})
    found = rows(text(data=data))
    assert ["licence", "not recorded"] in found
    assert [row for row in found if row[0] in ("period", "private columns")] == []


def test_the_real_card_is_readable_markdown(export_of_every_kind: Path) -> None:
    lines = (export_of_every_kind / "README.md").read_text().splitlines()
    assert [line for line in lines if line.startswith("## ")] == [
        *("## What it predicts", "## Use", "## Columns", "## Data", "## Results", "## Limits", "## Files and versions"),
    ]
    assert max(len(line) for line in lines) < 400
