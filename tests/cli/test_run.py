"""`restage run`: what a chain takes."""

from stages.cli.run.run import threads


def test_threads_are_what_training_was_given() -> None:
    datasets = {"iris": {"train": {"threads": 2}}, "wine": {"train": {}}}
    assert [threads(datasets, name) for name in ("iris", "wine", "guard")] == [2, 1, 1]
