"""Data of one's own change after a run: the mismatch names `restage refresh`, which pins them; then metrics compare."""

import json
from pathlib import Path

import pandas as pd
import pytest

from stages.core.dvc.lock_file.lock_entries import LockText
from tests.stories.repo import Repo
from tests.stories.test_new_dataset import measures, short
from tests.stories.test_what_runs import chain

pytestmark = pytest.mark.long


def with_own_data(repo: Repo, folder: Path) -> None:
    """A dataset with rows that a column identifies, divided by a hash of it; it has run and is committed."""
    measures().assign(plant=range(90)).to_csv(folder / "own.csv", index=False)
    repo.restage("new", str(folder / "own.csv"), "--target", "kind", "--key", "own")
    split = "split: {test: 0.3, validation: 0.2, order: hash, key: plant}"
    conf = repo.read("conf/dataset/own.yaml")
    [line] = [line.strip() for line in conf.splitlines() if line.strip().startswith("split:")]
    repo.edit("conf/dataset/own.yaml", line, split)
    # The range of the rows so far.
    repo.edit("conf/dataset/own.yaml", "{column: plant, min_value: 0, max_value: 98}", "{column: plant, min_value: 0}")
    short(repo)
    repo.restage("run")
    repo.commit("Own data")


def change_data(repo: Repo) -> None:
    """Two rows are corrected, one is gone, thirty are new."""
    frame = pd.read_csv(repo.path / "data/own.csv")
    frame.loc[[3, 4], "width"] = 3.01
    more = frame.assign(plant=frame["plant"] + 1000).iloc[:30]
    pd.concat([frame.drop(index=7), more]).to_csv(repo.path / "data/own.csv", index=False)


def lock_entries(repo: Repo) -> dict[str, str]:
    return LockText.parse(repo.read("dvc.lock")).entries


def test_from_changed_data_to_a_comparison(repo: Repo, tmp_path: Path) -> None:
    with_own_data(repo, tmp_path)
    assert repo.restage("refresh", "--check").returncode == 0
    before = lock_entries(repo)
    change_data(repo)

    assert "own: changed" in repo.restage("refresh", "--check", ok=False).stdout
    failed = repo.dvc("repro", "--single-item", "--force", "download@own", ok=False)
    assert "wrong content" in failed.stderr
    assert "`restage refresh own`" in failed.stderr

    document = json.loads(repo.restage("refresh", "own", "--json").stdout)
    rows = document["rows"]
    assert [rows[name] for name in ("before", "now", "changed", "gone", "added")] == [90, 119, 2, 1, 30]
    assert all(split["moved_in"] == split["moved_out"] == 0 for split in document["splits"].values())
    assert repo.git("status", "--short", "conf", "params.yaml") == ""

    repo.restage("refresh", "own", "--yes")
    assert repo.restage("refresh", "--check").returncode == 0
    repo.restage("run")
    after = lock_entries(repo)
    assert {name for name in after if after[name] != before[name]} == {"guard", *chain("own", "download"), "summary"}
    assert repo.dvc("status", "--quiet", ok=False).returncode == 0
    test = document["splits"]["test"]
    assert f"{test['now']} test rows, of which {test['same']} are as before, {test['added']} new" in repo.read(
        "reports/pages/own.html"
    )
    assert "reports/metrics/own.json" in repo.dvc("metrics", "diff").stdout
    repo.commit("New data")
    assert "differs" not in repo.restage("verify", "own").stdout

    # The data and the record of the first run are in git and in the cache.
    repo.git("checkout", "--quiet", "HEAD~1")
    repo.dvc("checkout")
    assert "nothing to run" in repo.restage("run").stdout
    assert repo.restage("refresh", "--check").returncode == 0
