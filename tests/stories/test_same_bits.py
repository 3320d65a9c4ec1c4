"""From nothing, twice, in places that differ in all that must not matter: the same bytes in every output."""

import os
from pathlib import Path

import pytest
import yaml

from tests.stories.repo import Repo, clone

# What a training that heeded it would compute otherwise.
TOLD = {
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_XLA_FLAGS": "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit",
    "ONEDNN_DEFAULT_FPMATH_MODE": "BF16",
    "XLA_FLAGS": "--xla_cpu_enable_fast_math=true",
}


def hashes(repo: Repo) -> dict[str, str]:
    stages = yaml.safe_load(repo.read("dvc.lock"))["stages"]
    return {out["path"]: out["md5"] for stage in stages.values() for out in stage["outs"]}


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="one core can be chosen on Linux only")
def test_another_place_time_zone_hash_seed_settings_and_core_count(finished: Repo, tmp_path: Path) -> None:
    other = clone(tmp_path / "some where" / "else")
    core = str(min(os.sched_getaffinity(0)))
    home = tmp_path / "home"
    (home / ".keras").mkdir(parents=True)
    (home / ".keras" / "keras.json").write_text('{"floatx": "float64", "image_data_format": "channels_first"}')
    other.run(
        "taskset", "--cpu-list", core, "dvc", "repro",
        HOME=str(home), TZ="Asia/Seoul", LC_ALL="C", PYTHONHASHSEED="7", OMP_NUM_THREADS="8", **TOLD,
    )  # fmt: skip
    assert hashes(other) == hashes(finished)
    assert other.read("dvc.lock") == finished.read("dvc.lock")
