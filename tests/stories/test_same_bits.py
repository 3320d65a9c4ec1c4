"""From nothing, twice, in places that differ in all that must not matter: the same bytes in every output."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.stories.repo import Repo, clone
from tests.stories.test_what_runs import chain

# What a training that heeded it would compute otherwise.
TOLD = {
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_XLA_FLAGS": "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit",
    "ONEDNN_DEFAULT_FPMATH_MODE": "BF16",
    "XLA_FLAGS": "--xla_cpu_enable_fast_math=true",
}


def recorded(repo: Repo) -> dict[str, Any]:
    """Of each stage: its command, its dependencies, its parameters, and the hashes of its outputs."""
    return dict(yaml.safe_load(repo.read("dvc.lock"))["stages"])


@pytest.mark.parametrize("target", ["report@iris", pytest.param("", marks=pytest.mark.long, id="whole suite")])
@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="one core can be chosen on Linux only")
def test_another_place_time_zone_hash_seed_settings_and_core_count(target: str, finished: Repo, tmp_path: Path) -> None:
    other = clone(tmp_path / "some where" / "else")
    core = str(min(os.sched_getaffinity(0)))
    home = tmp_path / "home"
    (home / ".keras").mkdir(parents=True)
    (home / ".keras" / "keras.json").write_text('{"floatx": "float64", "image_data_format": "channels_first"}')
    env = {"HOME": str(home), "TZ": "Asia/Seoul", "LC_ALL": "C", "PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "8"}
    other.run("taskset", "--cpu-list", core, "dvc", "repro", *target.split(), env=env | TOLD)
    expected = recorded(finished)
    if target == "report@iris":
        expected = {stage: expected[stage] for stage in ("guard", *chain("iris", "download"))}
    else:
        assert other.read("dvc.lock") == finished.read("dvc.lock")
    assert recorded(other) == expected
