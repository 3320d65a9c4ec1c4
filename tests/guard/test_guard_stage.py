"""The guard passes fresh parameters on to the stages, and refuses stale ones with the command that renews them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from stages.config.compose_conf import compose
from stages.core import paths
from stages.core.errors import UserError
from stages.core.parameters.read_params import read_dataset_params
from stages.core.paths import SUITE
from stages.guard.guard_stage import check_up_to_date, differences, source_digest, written_sections
from stages.guard.guard_stage import guard as guard_stage
from tests.run_in_process import published

guard = published(guard_stage)


@pytest.fixture
def fresh(conf, small_composition):
    Path("params.yaml").write_text(small_composition.text)
    return conf


def refused():
    with pytest.raises(UserError) as caught:
        guard()
    assert not Path("data").exists()
    return str(caught.value)


def written():
    """The content of every file that the guard writes."""
    return {str(file): file.read_bytes() for file in Path("data").rglob("*") if file.is_file()}


def test_fresh_parameters_pass(fresh, small_composition):
    guard()
    datasets = small_composition.params["datasets"]
    titles = {"iris": "Iris", "wine": "Wine", "sequence": "Counting on"}
    assert json.loads(SUITE.read_text()) == {
        "suite": "starter",
        "datasets": [
            {"key": key, "title": title, "source": source_digest(datasets[key]["download"])}
            for key, title in titles.items()
        ],
    }
    assert {key: read_dataset_params(key) for key in datasets} == {k: written_sections(v) for k, v in datasets.items()}
    assert sorted(file.name for file in paths.DATASET_PARAMS.iterdir()) == ["iris.json", "sequence.json", "wine.json"]


def test_results_of_a_dataset_that_left_the_suite_are_removed(fresh):
    """The summary stage depends on the folders that hold them, and DVC hashes all files in there."""
    folders = (paths.evaluation, paths.validation_result)
    for path in (folder(key) for folder in folders for key in ("iris", "gone")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    guard()
    assert [folder(key).exists() for folder in folders for key in ("iris", "gone")] == [True, False] * 2


def test_a_change_of_one_dataset_changes_its_own_file_alone(fresh, edit):
    guard()
    before = written()
    edit("dataset/iris.yaml", "epochs: 20", "epochs: 21")
    Path("params.yaml").write_text(compose(fresh).text)
    guard()
    after = written()
    assert [name for name in after if after[name] != before[name]] == ["data/guard/params/iris.json"]


def test_the_order_of_keys_in_conf_changes_nothing(fresh, edit):
    guard()
    before = written()
    edit("dataset/iris.yaml", "{source: sklearn, name: iris}", "{name: iris, source: sklearn}")
    Path("params.yaml").write_text(compose(fresh).text)
    guard()
    assert written() == before


def test_a_section_that_conf_leaves_out_is_written_as_an_empty_one(fresh, monkeypatch):
    params = yaml.safe_load(Path("params.yaml").read_text())
    del params["datasets"]["iris"]["validate"]
    Path("params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    monkeypatch.setenv("DVC_EXP_NAME", "no-validation")
    guard()
    assert read_dataset_params("iris")["validate"] == {}


def test_an_export_is_a_section_of_the_datasets_that_have_one(fresh, edit):
    """Other datasets' parameters keep their bytes."""
    guard()
    before = written()
    edit("dataset/iris.yaml", "report:\n", "export: {}\n\nreport:\n")
    edit("dataset/wine.yaml", "report:\n", "export:\n\nreport:\n")
    composed = compose(fresh)
    Path("params.yaml").write_text(composed.text)
    assert composed.params["exports"] == {"iris": {}}
    guard()
    after = written()
    assert [name for name in after if after[name] != before[name]] == ["data/guard/params/iris.json"]
    assert read_dataset_params("iris")["export"] == {}
    assert "export" not in read_dataset_params("wine")


def test_a_gate_changes_nothing_that_a_stage_reads(fresh, edit):
    guard()
    before = written()
    gate = {"at_least": {"accuracy": 0.9}, "no_worse_than_base": {"log_loss": "noise"}, "no_drift": True}
    edit("dataset/iris.yaml", "headline: accuracy", f"headline: accuracy\n  gate: {json.dumps(gate)}")
    composed = compose(fresh)
    assert composed.params["datasets"]["iris"]["evaluate"]["gate"] == gate
    Path("params.yaml").write_text(composed.text)
    guard()
    assert written() == before


def test_a_gate_of_an_experiment_is_checked_and_left_out(fresh, monkeypatch):
    guard()
    before = written()
    monkeypatch.setenv("DVC_EXP_NAME", "gate")
    params = yaml.safe_load(Path("params.yaml").read_text())
    params["datasets"]["iris"]["evaluate"]["gate"] = {"at_least": {"accuracy": 0.9}}
    Path("params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    guard()
    assert written() == before
    params["datasets"]["iris"]["evaluate"]["gate"] = {"at_least": {"acuracy": 0.9}}
    Path("params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    with pytest.raises(UserError, match=r"params.yaml.*gate.at_least.acuracy: .*did you mean accuracy\?"):
        guard()


def test_exports_belong_to_conf(fresh, edit, monkeypatch):
    """What DVC composes for an experiment has none."""
    edit("dataset/iris.yaml", "report:\n", "export: {}\n\nreport:\n")
    params = {name: value for name, value in compose(fresh).params.items() if name != "exports"}
    Path("params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    assert "(exports)" in refused()
    monkeypatch.setenv("DVC_EXP_NAME", "other")
    guard()
    Path("params.yaml").write_text(yaml.safe_dump(params | {"exports": {"wine": {}}}))
    with pytest.raises(UserError, match=r"exports is written by `restage compose`.*received"):
        guard()


def test_a_stale_value_is_refused_with_its_key_and_the_command(fresh, edit):
    edit("dataset/iris.yaml", "epochs: 20", "epochs: 21")
    edit("dataset/wine.yaml", "batch: 16", "batch: 8")
    message = refused()
    assert "datasets.iris.train.epochs, datasets.wine.train.batch" in message
    assert message.endswith("run `restage compose`")


def test_an_added_or_removed_dataset_is_refused(fresh, edit):
    edit("suite/starter.yaml", "  - /dataset@datasets.wine: wine\n", "  - /dataset@datasets.mine: wine\n")
    assert "(datasets.mine, datasets.wine)" in refused()


def test_layout_comments_and_order_may_differ(fresh):
    content = yaml.safe_load(Path("params.yaml").read_text())
    text = yaml.safe_dump(content, default_flow_style=True, sort_keys=True)
    Path("params.yaml").write_text(f"# Written by hand.\n{text}")
    guard()


def test_an_error_in_conf_is_reported_before_staleness(fresh, edit):
    edit("dataset/iris.yaml", "epochs: 20", "epochs: 0")
    assert refused().endswith("datasets.iris.train.epochs: should be greater than or equal to 1; received 0")


def test_an_experiment_may_differ_from_conf(fresh, monkeypatch):
    changed = compose(fresh, ["datasets.iris.train.epochs=5", "~dataset@datasets.wine"])
    Path("params.yaml").write_text(changed.text)
    assert "datasets.iris.train.epochs" in refused()
    monkeypatch.setenv("DVC_EXP_NAME", "short-iris")
    guard()
    assert [dataset["key"] for dataset in json.loads(SUITE.read_text())["datasets"]] == ["iris", "sequence"]
    assert read_dataset_params("iris")["train"]["epochs"] == 5


def test_parameters_of_an_experiment_are_checked(fresh, monkeypatch):
    (fresh / "local.yaml").write_text("# @package _global_\ndatasets: {}\n")
    Path("params.yaml").write_text(compose(fresh, ["datasets.iris.train.epochs=0"]).text)
    monkeypatch.setenv("DVC_EXP_NAME", "no-iris")
    assert refused() == "params.yaml: datasets.iris.train.epochs: should be greater than or equal to 1; received 0"


def test_the_name_of_the_suite_is_compared_too(fresh, edit):
    edit("suite/starter.yaml", "suite: starter", "suite: mine")
    assert "(suite)" in refused()
    Path("params.yaml").write_text(compose(fresh).text)
    guard()
    assert json.loads(SUITE.read_text())["suite"] == "mine"


@pytest.mark.parametrize("content", [None, "", "datasets: [", "- iris\n"])
def test_unreadable_parameters_name_the_command_that_writes_them(fresh, content):
    Path("params.yaml").unlink()
    if content is not None:
        Path("params.yaml").write_text(content)
    message = refused()
    assert message.startswith("params.yaml: ")
    assert message.endswith("run `restage compose`")


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"a": 1, "b": [1, 2]}, {"b": [1, 2], "a": 1}, []),
        ({"a": {"b": 1}, "c": 2}, {"a": {"b": 3}}, ["a.b", "c"]),
        ({"a": [1, 2]}, {"a": [2, 1]}, ["a"]),
        ({"a": 1}, {"a": 1.0}, ["a"]),
        ({"a": True}, {"a": 1}, ["a"]),
        ({"a": None}, {}, ["a"]),
        ({"a": {"b": 1}}, {"a": 1}, ["a"]),
        ({"a": 1, 3: 1}, {"a": 2}, ["[3]", "a"]),
    ],
)
def test_differences_by_key(left, right, expected):
    assert differences(left, right) == expected


def test_at_most_five_differences_are_named():
    with pytest.raises(UserError, match=r"\(a, b, c, d, e and 2 more\)"):
        check_up_to_date(dict.fromkeys("abcdefg", 1), dict.fromkeys("abcdefg", 2))


@pytest.mark.error_case("kinds of files refused")
@pytest.mark.parametrize("path", ["conf/dataset/x.yaml", "conf/accepted/iris.json", "conf/local.yaml", "params.yaml"])
def test_a_named_pipe_is_refused_before_the_inputs_are_hashed(fresh, path):
    """The process would wait for ever for somebody who writes to the pipe."""
    Path(path).unlink(missing_ok=True)
    os.mkfifo(path)
    Path("dvc.yaml").write_text("stages: {guard: {cmd: guard, deps: [conf, params.yaml], outs: [data/guard]}}\n")
    done = subprocess.run([sys.executable, "-m", "stages.guard"], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"restage: guard: {path}: a named pipe")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.error_case("secrets found")
def test_a_secret_in_the_parameters_of_an_experiment_is_refused(fresh, small_composition, monkeypatch):
    """`dvc exp run -S` writes params.yaml without a check."""
    text = small_composition.text.replace("title: Iris", "title: https://bob:hunter2@host/a?token=hunter2")
    Path("params.yaml").write_text(text)
    monkeypatch.setenv("DVC_EXP_NAME", "secret")
    message = refused()
    assert message.startswith("params.yaml: datasets.iris.report.title: user name or password")
    assert "hunter2" not in message


def test_as_dvc_runs_it(fresh, edit):
    """`python -m stages.guard` at the root of the repository."""
    edit("dataset/iris.yaml", "epochs: 20", "epochs: 21")
    done = subprocess.run([sys.executable, "-m", "stages.guard"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("restage: guard: params.yaml is not what conf/ composes to")
    assert "Traceback" not in done.stderr
    assert not Path("data").exists()
