"""What a team does with a repository: share data, compare, experiment."""

import hashlib
import json
import sys
from pathlib import Path

import pytest

from tests.stories.repo import RAN, Repo


def test_a_colleague_pulls_and_has_nothing_to_run_and_a_damaged_object_is_refused(repo: Repo, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    repo.dvc("remote", "add", "--default", "shared", str(shared))
    repo.dvc("remote", "modify", "shared", "verify", "true")
    repo.commit("A shared folder")
    repo.dvc("push")

    repo.run("git", "clone", "--quiet", str(repo.path), str(tmp_path / "colleague"))
    colleague = Repo(tmp_path / "colleague", repo.preloaded)
    colleague.dvc("pull")
    assert colleague.dvc("status", "--quiet", ok=False).returncode == 0
    assert colleague.repro() == set()

    model = next(p for p in shared.rglob("*") if p.is_file() and p.read_bytes()[:2] == b"PK")
    model.chmod(0o644)
    model.write_bytes(model.read_bytes()[:-1] + b"x")
    repo.run("git", "clone", "--quiet", str(repo.path), str(tmp_path / "another"))
    assert Repo(tmp_path / "another", repo.preloaded).dvc("pull", ok=False).returncode != 0


@pytest.mark.long
def test_diffs_say_what_a_change_did(repo: Repo) -> None:
    repo.edit("conf/suite/starter.yaml", "epochs: 2", "epochs: 6")
    repo.restage("compose")
    repo.repro()
    params = json.loads(repo.dvc("params", "diff", "--json").stdout)
    assert params["params.yaml"]["datasets.iris.train.epochs"] == {"old": 2, "new": 6, "diff": 4}
    metrics = json.loads(repo.dvc("metrics", "diff", "--json").stdout)
    assert metrics["reports/metrics/iris.json"]["loss"]["diff"] < 0
    assert "reports/metrics/line_exact.json" not in metrics
    assert "reports/metrics/line_exact.json" in repo.dvc("metrics", "show").stdout
    for words in (["show"], ["diff"]):
        done = repo.dvc("plots", *words, "--out", "plots")
        assert "index.html" in done.stdout
        assert "iris" in repo.read("plots/index.html")


def test_a_stale_conf_stops_everything_and_says_how_to_mend_it(repo: Repo) -> None:
    repo.edit("conf/suite/starter.yaml", "epochs: 2", "epochs: 3")
    for target in ([], ["train@iris"]):
        stopped = repo.dvc("repro", *target, ok=False)
        assert stopped.returncode != 0
        assert "datasets.iris.train.epochs" in stopped.stderr
        assert "restage compose" in stopped.stderr
        assert "Traceback" not in stopped.stderr
    repo.restage("compose")
    assert "train@iris" in repo.repro("train@iris")


def test_an_experiment_composes_conf_with_its_own_values(repo: Repo) -> None:
    """No stage reads the gate."""
    gate = "+datasets.iris.evaluate.gate={at_least: {accuracy: 0.1}}"
    ran = repo.dvc("exp", "run", "--name", "renamed", "-S", "datasets.iris.report.title=Flowers", "-S", gate).stdout
    assert set(RAN.findall(ran)) == {"guard", "report@iris", "summary"}
    assert "title: Flowers" in repo.read("params.yaml")
    assert "at_least" in repo.read("params.yaml")
    assert "Flowers" in repo.read("reports/pages/iris.html")
    assert "renamed" in repo.dvc("exp", "list", "--name-only").stdout.split()


@pytest.mark.parametrize(
    ("override", "keys"),
    [
        pytest.param("~dataset@datasets.line_exact", ["iris"], marks=pytest.mark.long),
        pytest.param("suite=other", ["counting"], marks=pytest.mark.long),
    ],
)
def test_an_experiment_chooses_datasets(override: str, keys: list[str], repo: Repo) -> None:
    repo.edit("conf/suite/starter.yaml", "\n  line_exact:\n    train: {epochs: 5}", "")
    repo.write(
        "conf/suite/other.yaml",
        "# @package _global_\ndefaults:\n  - /dataset@datasets.counting: sequence\n  - _self_\n"
        "suite: other\n"
        "datasets: {counting: {train: {epochs: 1}}}\n",
    )
    repo.restage("compose")
    repo.commit("Another suite")
    repo.dvc("exp", "run", "-S", override)
    assert [dataset["key"] for dataset in json.loads(repo.read("data/guard/suite.json"))["datasets"]] == keys


@pytest.mark.long
def test_queued_experiments_run_beside_the_workspace(repo: Repo) -> None:
    before = repo.read("params.yaml")
    for name in ("e1", "e3"):
        repo.dvc("exp", "run", "--queue", "--name", name, "-S", f"datasets.iris.report.title={name}")
    repo.dvc("exp", "run", "--run-all", "--jobs", "1")
    assert repo.read("params.yaml") == before
    assert {"e1", "e3"} <= set(repo.dvc("exp", "list", "--name-only").stdout.split())


@pytest.mark.long
def test_an_own_dataset_is_one_file(repo: Repo) -> None:
    rows = "\n".join(f"{n},{n * n % 7},{'even' if n % 2 == 0 else 'odd'}" for n in range(40))
    repo.write("data/mine.csv", f"a,b,parity\n{rows}\n")
    digest = hashlib.sha256((repo.path / "data/mine.csv").read_bytes()).hexdigest()
    repo.write(
        "conf/dataset/mine.yaml",
        f"""\
defaults:
  - /train@train: classes
  - _self_
download:
  source: file
  format: {{format: csv}}
  files:
    all: {{path: data/mine.csv, sha256: {digest}}}
validate: {{columns: [a, b, parity]}}
preprocess:
  targets: parity
  labels: one_hot
  split: {{test: 10, validation: 6, order: stratified}}
  steps: [{{step: standard}}]
train: {{model: {{kind: mlp, units: [4]}}, epochs: 2, batch: 8}}
evaluate: {{headline: accuracy, baselines: [majority]}}
report: {{title: Mine}}
""",
    )
    repo.edit("conf/suite/starter.yaml", "  - _self_\n", "  - /dataset@datasets.mine: mine\n  - _self_\n")
    repo.restage("compose")
    assert {s for s in repo.repro() if s.endswith("@mine")} == {
        f"{stage}@mine" for stage in ("download", "validate", "preprocess", "train", "evaluate", "report")
    }
    assert "Mine" in repo.read("reports/index.html")


def test_without_an_activated_environment(repo: Repo) -> None:
    home = Path(sys.executable).parent
    (repo.path / ".venv").symlink_to(home.parent)
    repo.append("stages/report/charts/svg.py", "\n# Said in other words.\n")
    plain = f"{sys.base_prefix}/bin:/usr/bin:/bin"
    done = repo.run(".venv/bin/dvc", "repro", "report@iris", env={"PATH": plain, "PYTHONPATH": ""})
    assert "Running stage 'report@iris'" in done.stdout
