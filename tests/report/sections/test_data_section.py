from dataclasses import replace

from stages.core.artefacts.processed import Fitted
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.windows import Window
from stages.core.columns.series.window_steps import FittedRelativeToLast
from stages.report.charts.raw_series import row_times, split_bands
from stages.report.rendering.format_text import DASH, TIMES
from stages.report.sections.data_section import (
    DataSection,
    array_rows,
    data_section,
    describe_kind,
    picture_notes,
    preprocessing_notes,
    training_sample_rows,
)
from tests.core.artefacts.example_pictures import table_with_pictures
from tests.report.example_datasets import ExampleDataset, flowers, images, prices, texts


def section(example: ExampleDataset, samples: int = 4) -> DataSection:
    purposes = dict.fromkeys(["train", "validation", "test"], "used")
    return data_section(example.raw, example.processed, purposes, samples)


def test_the_kind_and_the_size_of_the_data() -> None:
    assert describe_kind(flowers().raw) == "Table with 8 rows and 2 columns"
    assert describe_kind(images().raw) == f"8 images of 3{TIMES}3 pixels in 2 classes"
    assert describe_kind(prices().raw) == "Time series with 12 rows and 2 columns"
    assert describe_kind(texts().raw) == "6 texts in 2 classes"


def test_an_empty_split() -> None:
    rows = section(images()).splits
    assert [row[:3] for row in rows] == [("train", 4, "50%"), ("validation", 0, DASH), ("test", 4, "50%")]
    assert rows[1][3] == "empty"


def test_samples_are_training_rows_of_every_class() -> None:
    assert training_sample_rows(images().processed, 4) == [0, 1, 2, 3]
    assert training_sample_rows(flowers().processed, 8) == [0, 1]
    assert [label for _, label in section(images(), 3).images] == ["corner", "middle", "corner"]


def test_a_series_is_a_chart_with_the_test_rows_coloured() -> None:
    """The first window of the test split begins in row 7 and has two rows."""
    example = prices()
    (chart,) = section(example).charts
    assert (chart.title, chart.legend) == ("price", (("area test", "test"),))
    assert [(band.start, band.stop, band.name) for band in split_bands(example.processed)] == [(9.0, 11.0, "test")]


def test_texts_are_multi_hot() -> None:
    found = section(texts())
    assert found.arrays == [
        ("input", "text", "text", "10,000 words: 1 if the text has it, else 0", "multi-hot"),
        ("target", "label", "label", "2 classes: grain, trade", "none"),
    ]
    assert found.table is not None
    assert [row[0] for row in found.table.rows] == ["grain", "trade", "grain", "trade"]
    assert (found.images, found.charts) == ([], [])


def test_days_have_no_time_of_day() -> None:
    series, table = prices().raw, flowers().raw
    assert isinstance(series, Table)
    assert isinstance(table, Table)
    assert row_times(series)[:2] == ["2020-01-30", "2020-01-31"]
    assert row_times(table) == []


def test_dates_of_a_private_column_are_not_shown() -> None:
    series = prices().raw
    assert isinstance(series, Table)
    assert row_times(replace(series, private=["day"])) == []


def test_notes_about_the_preprocessing() -> None:
    window_of_5 = Window(length=5, stride=2, horizon=1)
    seen = {"test": 1, "validation": 0}
    fitted = Fitted(inputs={}, targets={}, splits={}, window=window_of_5, dropped_outliers=3, seen_in_training=seen)
    window, outliers, repeated = preprocessing_notes(fitted)
    for fact in ("window of 5 rows", "1 row after", "2 rows later"):
        assert fact in window
    assert outliers == "3 outliers removed from the training rows."
    assert repeated == "1 test row has the same inputs as a training row."


def test_the_scaling_has_the_steps_of_windows_too() -> None:
    example = prices()
    fitted = example.processed.fitted
    relative = fitted.inputs["x"].model_copy(update={"window_steps": [FittedRelativeToLast()]})
    changed = fitted.model_copy(update={"inputs": {"x": relative}})
    assert [row[4] for row in array_rows(changed)] == ["minmax, then relative to last", "minmax"]


def test_the_source_is_named_first() -> None:
    assert [name for name, _ in section(flowers()).source] == ["source", "name"]


def test_the_different_pictures_of_a_column_are_counted() -> None:
    assert list(picture_notes(table_with_pictures(8))) == ["6 different pictures in column photo."]
    assert list(picture_notes(table_with_pictures(8, gaps=[1]))) == [
        "6 different pictures in column photo; 1 row has none."
    ]
    assert list(picture_notes(images().raw)) == []
