"""The example in docs/how-to/use-your-own-model.md runs, and an edit of its files reruns that dataset alone."""

import json
import re

import pytest

from tests.stories.repo import ROOT, Repo

EXAMPLE = (ROOT / "docs/how-to/use-your-own-model.md").read_text(encoding="utf-8")
CHAIN = {"train@iris", "evaluate@iris", "report@iris"}


def example_files() -> dict[str, str]:
    """The Python blocks by the file that their first line names."""
    blocks = re.findall(r"```python\n# (\S+)\n(.*?)```", EXAMPLE, re.DOTALL)
    return dict(blocks)


def use_own_model(repo: Repo) -> None:
    for name, text in example_files().items():
        repo.write(name, text)
    repo.edit(
        "conf/models/mine.py", "from keras import layers\n", "from keras import layers\n\nfrom .layers import Scale\n"
    )
    repo.edit("conf/models/mine.py", 'activation="relu")(x)', 'activation="relu")(Scale()(x))')
    repo.edit("conf/suite/starter.yaml", "{epochs: 2, model: {units: [8]}}", "{epochs: 2}")
    repo.edit(
        "conf/dataset/iris.yaml",
        "model: {kind: mlp, units: [512, 256, 128, 64, 32], activation: relu}",
        "model: {kind: own, build: 'mine.py:build', arguments: {units: 8}, files: [layers.py]}",
    )
    repo.restage("compose")


def test_the_documented_example_runs_and_an_edit_reruns_its_dataset_alone(repo: Repo) -> None:
    use_own_model(repo)
    assert repo.repro() == {"guard", "summary"} | CHAIN
    layers = json.loads(repo.read("data/models/iris/training.json"))["layers"]
    assert [layer["kind"] for layer in layers] == ["InputLayer", "Scale", "Dense", "Dense"]
    assert repo.repro() == set()

    repo.append("conf/models/layers.py", "\n# A comment.\n")
    assert repo.repro() == {"guard", "train@iris", "evaluate@iris"}

    repo.write("conf/models/unused.py", "import pandas\n")
    assert repo.repro() == {"guard"}

    repo.edit("conf/models/mine.py", "units=32", "width=32")
    failed = repo.restage("run", "--no-preload", ok=False)
    assert failed.returncode == 1
    assert "conf/models/mine.py:7: build has no parameter units" in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.mark.long
def test_an_edit_of_a_layer_changes_the_results(repo: Repo) -> None:
    use_own_model(repo)
    repo.repro()
    first = repo.read("reports/metrics/iris.json")
    repo.edit("conf/models/layers.py", "x * self.factor", "x * self.factor * 2")
    assert repo.repro() == {"guard", "summary"} | CHAIN
    assert repo.read("reports/metrics/iris.json") != first
