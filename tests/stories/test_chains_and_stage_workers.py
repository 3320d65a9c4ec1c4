"""A chain that runs on a worker of Dask waits for no other worker, also if that is what the worker's settings say."""

from pathlib import Path

import pytest

from tests.stories.dask_cluster import dask_cluster
from tests.stories.large_tables import BLOCK_ROWS, ORDERS, add_datasets, write_orders
from tests.stories.repo import clone

pytestmark = pytest.mark.long


def test_one_thread_runs_a_chain_with_blocks_and_is_named_as_stage_worker(tmp_path: Path, preloaded: str) -> None:
    repo = clone(tmp_path / "repo", preloaded=preloaded)
    write_orders(repo.path / "orders.csv")
    add_datasets(
        repo, {"orders": (ORDERS.replace("data/orders.csv", "orders.csv"), "orders.csv")}, {"orders": BLOCK_ROWS}
    )
    repo.edit(".dvc/config", "[core]\n", "[core]\n    remote = team\n")
    repo.append(".dvc/config", "['remote \"team\"']\n    url = ../../remote\n")
    repo.restage("compose")
    repo.commit("Orders")
    with dask_cluster(tmp_path / "cluster", []) as cluster:
        cluster.start_worker("only", env={"RESTAGE_STAGE_WORKERS": cluster.address})
        repo.restage("run", "--on", cluster.address)
    assert (repo.path / "reports/pages/orders.html").is_file()
