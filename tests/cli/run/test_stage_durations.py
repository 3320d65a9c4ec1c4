"""What took how long is only a hint: damaged or missing, nothing is known."""

from pathlib import Path

from stages.cli.run.run import longest_first
from stages.cli.run.stage_durations import add_times, read_times
from tests.cli.run.made import made


def test_times_are_kept_and_the_last_counts(tmp_path: Path) -> None:
    file = tmp_path / "seconds.json"
    add_times({"train@iris": 2.0, "report@iris": 1.0}, file)
    add_times({"train@iris": 3.456}, file)
    assert read_times(file) == {"train@iris": 3.46, "report@iris": 1.0}


def test_a_damaged_file_is_no_file(tmp_path: Path) -> None:
    file = tmp_path / "seconds.json"
    for text in ("", "[1, 2]", '{"train@iris": "soon"}'):
        file.write_text(text)
        assert read_times(file) == {}


def test_long_chains_come_first_and_those_never_timed_before_them() -> None:
    known = {"train@short": 1.0, "train@long": 9.0, "train@half": 5.0}
    chains = [made("short"), made("long"), made("half", "train", "report"), made("new")]
    assert [chain.name for chain in longest_first(chains, known)] == ["half", "new", "long", "short"]
