"""`import restage` in a repository with results, and the example notebook."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.stories.repo import ROOT, Repo, clone

NOTEBOOK = Path("docs/notebooks/results.ipynb")
# Runs the cells of the notebook in its folder, one after another, and prints what a test asks for.
RUN_CELLS = """
import json, os, sys
import matplotlib
matplotlib.use("Agg")
os.chdir("docs/notebooks")
names = {"__name__": "__main__"}
loaded_before_predictions = None
for cell in json.load(open("results.ipynb"))["cells"]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "code":
        if loaded_before_predictions is None and ".predict(" in source:
            loaded_before_predictions = "tensorflow" in sys.modules
        exec(compile(source, "cell", "exec"), names)
iris, restage = names["iris"], names["restage"]
at_head = restage.load("iris", "HEAD")
print(json.dumps({
    "tensorflow before predictions": loaded_before_predictions,
    "predicted": names["predicted"]["species"].tolist(),
    "wrong": len(names["wrong"]),
    "accuracy": iris.metrics.loc["accuracy", "model"],
    "measured": len(iris.predictions),
    "same predictions": at_head.predictions.equals(iris.predictions),
    "same model": at_head.predict(iris.raw).equals(iris.predict(iris.raw)),
    "of all rows": iris.predict(iris.raw)["predicted_species_p_setosa"].tolist(),
    "differences": len(names["comparison"].record["datasets"]),
    "folder": os.getcwd(),
}))
"""


def cells() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((ROOT / NOTEBOOK).read_text(encoding="utf-8"))["cells"]
    return found


def test_the_notebook_is_committed_without_outputs() -> None:
    code = [cell for cell in cells() if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


def test_the_cells_of_the_notebook_run(repo: Repo) -> None:
    done = repo.run(sys.executable, "-c", RUN_CELLS, env={"PYTHONPATH": str(repo.path)})
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["tensorflow before predictions"] is False
    metrics = json.loads(repo.read("reports/metrics/iris.json"))
    assert found["accuracy"] == metrics["accuracy"]
    assert found["wrong"] == round((1 - metrics["accuracy"]) * found["measured"])
    assert len(found["predicted"]) == 1
    assert found["same predictions"]
    assert found["same model"]
    assert found["differences"] == 0
    assert found["folder"] == str(repo.path / "docs/notebooks")
    repo.run(
        sys.executable, "-c", "import restage; restage.load('iris').raw.to_csv('../new.csv')",
        env={"PYTHONPATH": str(repo.path)},
    )  # fmt: skip
    lines = repo.restage("predict", "iris", "../new.csv").stdout.splitlines()
    column = lines[0].split(",").index("predicted_species_p_setosa")
    assert [float(line.split(",")[column]) for line in lines[1:]] == found["of all rows"]


@pytest.mark.long
def test_the_notebook_runs_in_a_clean_clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import nbformat
    from nbclient import NotebookClient

    repo = clone(tmp_path / "clone", suite=None)
    repo.restage("run", "iris")
    repo.commit("Results")
    repo.edit("conf/dataset/iris.yaml", "epochs: 20", "epochs: 5")
    repo.restage("run", "iris")
    monkeypatch.setenv("PYTHONPATH", str(repo.path))
    notebook = nbformat.read(repo.path / NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    folder = str((repo.path / NOTEBOOK).parent)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    shown = [output.data for output in outputs if output.output_type in ("display_data", "execute_result")]
    pages = [data["text/html"] for data in shown if "text/html" in data]
    assert any("<svg" in page and "best baseline" in page for page in pages)
    assert any("train.epochs 20 → 5" in page for page in pages)
    assert [1 for data in shown if "image/png" in data] == [1]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert "docs/notebooks" not in repo.git("status", "--porcelain")
