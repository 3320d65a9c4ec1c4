from benchmarks.no_op_cost import EMPTY, table
from benchmarks.throwaway_repositories import MODEL, Kind, datasets, our_stages, outputs, repeated_records


def test_datasets_repeat_the_suite_under_keys_of_their_own():
    found = datasets(12, EMPTY)
    assert list(found) == [f"d{n:03}" for n in range(12)]
    assert found["d000"] == found["d009"] != found["d001"]
    assert set(datasets(1, Kind("lean", lean=True))["d000"].values()) == {0}


def test_empty_commands_do_nothing():
    stages = our_stages(EMPTY)
    assert {stage.get("do", stage)["cmd"] for stage in stages.values()} == {"true"}
    ours = our_stages(Kind("ours", commands=True))
    assert ours["train"]["do"]["cmd"] == "exec python3 -m stages.train ${key}"


def test_every_output_is_laid_down():
    stages = {
        "guard": {"outs": ["fresh"]},
        "train": {"foreach": "${datasets}", "do": {"outs": ["m/${key}"], "plots": [{"h/${key}.csv": {"x": "epoch"}}]}},
        "summary": {"outs": [{"h/${suite}.md": {"cache": False}}]},
    }
    assert [*outputs(stages, ["a", "b"])] == ["fresh", "m/a", "m/b", "h/a.csv", "h/b.csv", "h/starter.md"]


def test_a_record_is_repeated_with_the_parameters_of_each():
    values = {f"datasets.{MODEL}.train": 0, f"datasets.{MODEL}": {}}
    known = {"guard": {"cmd": "true"}, f"train@{MODEL}": {"cmd": f"t {MODEL}", "params": {"params.yaml": values}}}
    found = repeated_records(known, {"a": {"train": 1}, "b": {"train": 2}})
    assert found == {
        "guard": {"cmd": "true"},
        "train@a": {"cmd": "t a", "params": {"params.yaml": {"datasets.a.train": 1, "datasets.a": {"train": 1}}}},
        "train@b": {"cmd": "t b", "params": {"params.yaml": {"datasets.b.train": 2, "datasets.b": {"train": 2}}}},
    }


def test_ratios_are_to_the_empty_commands():
    lines = table(10, "status", {Kind("ours"): 3.0, EMPTY: 2.0})
    assert [line.split()[-1] for line in lines] == ["1.50", "1.00"]
