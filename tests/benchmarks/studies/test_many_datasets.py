from pathlib import Path

from benchmarks.start_sides import REPOSITORY
from benchmarks.studies.many_datasets import COMPOSE, KEPT, KNOWN_STATES, RUN, format_lines, measure, parse


def test_ratios_are_to_the_base() -> None:
    lines = format_lines(10, "compose", {"base": 4.0, "now": 1.0})
    assert [line.split()[-3:] for line in lines] == [["base", "4.00", "1.00"], ["now", "1.00", "0.25"]]


def test_options() -> None:
    options = parse(["10", "50", "--base", "HEAD~1"])
    assert (options.datasets, options.base, options.rounds, options.compose) == ([10, 50], "HEAD~1", 3, False)


def test_what_is_kept_is_forgotten_before_a_command_that_needs_it_not(tmp_path: Path) -> None:
    (tmp_path / "data/models").mkdir(parents=True)
    for name in ("composed.txt", "composed_datasets.json", *KNOWN_STATES):
        file = tmp_path / KEPT / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    left = []
    for case in reversed((*COMPOSE, *RUN)):
        case.prepare(tmp_path)
        left.append(sorted(file.name for file in (tmp_path / KEPT).glob("*")))
    everything = ["composed.txt", "composed_datasets.json", "nothing_to_run.json", "unchanged_stages.json"]
    assert left == [
        everything,
        everything,
        ["composed.txt", "composed_datasets.json"],
        ["composed_datasets.json"],
        [],
    ]


def test_two_datasets_are_composed(tmp_path: Path) -> None:
    [line, _] = measure(2, {"now": REPOSITORY}, COMPOSE, 1, tmp_path)
    assert line.split()[0] == "2"
    assert float(line.split()[-2]) > 0
