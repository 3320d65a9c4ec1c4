from benchmarks.studies.no_op_cost import EMPTY_COMMANDS, format_lines
from benchmarks.studies.throwaway_repositories import (
    RECORDED_DATASET,
    Graph,
    Stages,
    copy_lock_entries,
    dataset_sections,
    graph_stages,
    output_files,
)
from stages.core.parameters.read_params import read_params


def test_datasets_of_the_repository_are_repeated_under_new_keys() -> None:
    count = len(read_params()["datasets"])
    sections = dataset_sections(count + 2, EMPTY_COMMANDS)
    assert list(sections) == [f"d{n:03}" for n in range(count + 2)]
    assert sections["d000"] == sections[f"d{count:03}"] != sections["d001"]
    assert set(dataset_sections(1, Graph("short", short_params=True))["d000"].values()) == {0}


def test_commands_of_a_graph() -> None:
    empty = graph_stages(EMPTY_COMMANDS)
    assert {stage.get("do", stage)["cmd"] for stage in empty.values()} == {"true"}
    ours = graph_stages(Graph("ours", our_commands=True))
    assert ours["train"]["do"]["cmd"] == "exec python3 -m stages.train ${key}"


def test_output_files_of_all_datasets() -> None:
    stages: Stages = {
        "guard": {"outs": ["fresh", "data/guard/accepted", "data/guard/models"]},
        "train": {"foreach": "${datasets}", "do": {"outs": ["m/${key}"], "plots": [{"h/${key}.csv": {"x": "epoch"}}]}},
        "summary": {"outs": [{"h/${suite}.md": {"cache": False}}]},
    }
    assert [*output_files(stages, ["a", "b"])] == [
        "fresh",
        "data/guard/accepted/a.json",
        "data/guard/accepted/b.json",
        "data/guard/models/a/__init__.py",
        "data/guard/models/b/__init__.py",
        "m/a",
        "m/b",
        "h/a.csv",
        "h/b.csv",
        "h/starter.md",
    ]


def test_lock_entry_is_copied_with_the_parameters_of_each_dataset() -> None:
    values = {f"datasets.{RECORDED_DATASET}.train": 0, f"datasets.{RECORDED_DATASET}": {}}
    train = {"cmd": f"t {RECORDED_DATASET}", "params": {"params.yaml": values}}
    recorded: Stages = {"guard": {"cmd": "true"}, f"train@{RECORDED_DATASET}": train}
    assert copy_lock_entries(recorded, {"a": {"train": 1}, "b": {"train": 2}}) == {
        "guard": {"cmd": "true"},
        "train@a": {"cmd": "t a", "params": {"params.yaml": {"datasets.a.train": 1, "datasets.a": {"train": 1}}}},
        "train@b": {"cmd": "t b", "params": {"params.yaml": {"datasets.b.train": 2, "datasets.b": {"train": 2}}}},
    }


def test_ratios_are_to_the_graph_with_empty_commands() -> None:
    lines = format_lines(10, "status", {Graph("ours"): 3.0, EMPTY_COMMANDS: 2.0})
    assert [line.split()[-1] for line in lines] == ["1.50", "1.00"]
