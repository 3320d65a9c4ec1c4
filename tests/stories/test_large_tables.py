"""A table in several blocks has the results of the same table in one block, from source to page and to new rows."""

import json

import pytest

import restage
from stages.notebook.values.raw_table import RawTable
from tests.stories.large_tables import BLOCK_ROWS, ORDERS, POWER, ROWS, add_datasets, write_orders, write_power
from tests.stories.repo import Repo

TABLES = {"orders": (ORDERS, write_orders), "power": (POWER, write_power)}


def run_both(repo: Repo, name: str) -> None:
    """Two datasets of the same file: one in blocks, and one in one piece, whose name ends in "whole"."""
    conf, write = TABLES[name]
    write(repo.path / f"data/{name}.csv")
    add_datasets(repo, dict.fromkeys((name, f"{name}_whole"), (conf, f"data/{name}.csv")), {name: BLOCK_ROWS})
    repo.restage("run", "--jobs", "2")


def check_results(repo: Repo, name: str) -> None:
    whole = f"{name}_whole"
    blocks = [*(repo.path / f"data/raw/{name}/all").glob("*.parquet")]
    assert (len(blocks), ROWS) == (10, 10 * BLOCK_ROWS)
    assert (repo.path / f"data/raw/{whole}/all.parquet").is_file()
    metrics, expected = (json.loads(repo.read(f"reports/metrics/{key}.json")) for key in (name, whole))
    assert metrics == expected
    tables = [(repo.path / f"data/predictions/{key}/predictions.csv").read_bytes() for key in (name, whole)]
    assert tables[0] == tables[1]
    sections = [
        page.partition("<h2>Data</h2>")[2].partition("<h2>Parameters")[0]
        for page in (repo.read(f"reports/pages/{key}.html").replace(whole, name) for key in (name, whole))
    ]
    assert sections[0] == sections[1]


def predicted(repo: Repo, key: str, *arguments: str) -> bytes:
    repo.restage("predict", key, *arguments, "--out", "predicted.csv")
    return (repo.path / "predicted.csv").read_bytes()


@pytest.mark.long
def test_a_table_in_blocks(repo: Repo) -> None:
    run_both(repo, "orders")
    check_results(repo, "orders")
    found, expected = (predicted(repo, key, "--split", "test") for key in ("orders", "orders_whole"))
    assert found == expected
    assert found.count(b"\n") == 1 + ROWS // 5


@pytest.mark.long
def test_a_series_in_blocks_and_all_that_reads_it(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    run_both(repo, "power")
    check_results(repo, "power")
    for arguments in (["--split", "test"], ["--split", "train"], []):
        assert predicted(repo, "power", *arguments) == predicted(repo, "power_whole", *arguments)
    for key in ("power", "power_whole"):
        repo.restage("export", key, f"exported_{key}")
    kept = [(repo.path / f"exported_{key}/model/files/kept_rows.npz").read_bytes() for key in ("power", "power_whole")]
    assert kept[0] == kept[1]
    repo.commit("Results")
    assert repo.repro() == set()
    repo.edit("conf/dataset/power.yaml", "epochs: 2", "epochs: 3")
    repo.restage("run")
    compared = repo.restage("compare", "HEAD", "--key", "power", "--html", "compared.html").stdout
    assert "rmse" in compared
    assert "Absolute errors" in repo.read("compared.html")
    monkeypatch.chdir(repo.path)
    raw = restage.load("power").raw
    assert isinstance(raw, RawTable)
    assert sum(len(block) for block in raw.blocks(["load"])) == len(raw) == ROWS
