from stages.core.artefacts.processed import Fitted
from stages.core.artefacts.windows import Window
from stages.report.charts.time_series import row_times, split_bands
from stages.report.format_text import NOTHING, TIMES
from stages.report.sections.data_section import kind_words, material, notes, sample_places
from tests.report.fakes import flowers, pictures, prices


def test_rows_pictures_and_series_are_called_what_they_are():
    assert kind_words(flowers().raw) == "A table: 8 rows, 2 columns"
    assert kind_words(pictures().raw) == f"8 pictures of 3{TIMES}3 pixels in 2 classes"
    assert kind_words(prices().raw) == "A series in order of time: 12 rows, 2 columns"


def test_an_empty_split_is_said_to_be_empty():
    fake = pictures()
    rows = material(fake.raw, fake.processed, 4).splits
    assert [(r.name, r.samples, r.share) for r in rows] == [
        ("train", 4, "50%"),
        ("validation", 0, NOTHING),
        ("test", 4, "50%"),
    ]
    assert rows[1].purpose == "there is none"


def test_samples_are_training_rows_of_every_class():
    fake = pictures()
    assert sample_places(fake.processed, 4) == [0, 1, 2, 3]
    assert [p.label for p in material(fake.raw, fake.processed, 3).pictures] == ["corner", "middle", "corner"]
    assert sample_places(flowers().processed, 8) == [0, 1]


def test_a_series_is_shown_as_a_curve_with_its_test_stretch():
    fake = prices()
    found = material(fake.raw, fake.processed, 4)
    assert [c.title for c in found.charts] == ["price"]
    assert [(b.start, b.stop, b.name) for b in split_bands(fake.processed)] == [(7.0, 11.0, "test")]
    assert found.charts[0].legend == (("area test", "test"),)


def test_days_are_written_without_their_midnight():
    assert row_times(prices().raw)[:2] == ["2020-01-30", "2020-01-31"]
    assert row_times(flowers().raw) == []


def test_what_preprocessing_did_is_said():
    fitted = Fitted(
        inputs={},
        targets={},
        splits={},
        window=Window(length=5, stride=2, horizon=1),
        dropped_outliers=3,
        seen_in_training={"test": 1, "validation": 0},
    )
    assert list(notes(fitted)) == [
        "Each sample is a window of 5 rows; what is predicted stands 1 row after its end, "
        "and the next window begins 2 rows later.",
        "3 rows far from all others left out of training.",
        "1 test row is also among the training rows.",
    ]


def test_the_source_is_named_first():
    assert [name for name, _ in material(flowers().raw, flowers().processed, 2).source] == ["source", "name"]
