import subprocess
import sys

import pytest

from stages.core.bounded_memory.memory_size import parse_memory

USES_MEMORY = """
import subprocess, sys, time
from stages.core.bounded_memory.memory_limit import end_over_memory_limit
end_over_memory_limit("train@iris")
if sys.argv[2] == "child":
    subprocess.run([sys.executable, "-c", f"x = bytearray({sys.argv[1]}); import time; time.sleep(1)"])
else:
    x = bytearray(int(sys.argv[1]))
    time.sleep(1)
print("finished")
"""


def run(size: int, where: str, limit: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", USES_MEMORY, str(size), where],
        env={"RESTAGE_MEMORY": limit, "PYTHONPATH": "."}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("where", ["own", "child"])
def test_a_stage_that_uses_more_is_ended(where: str) -> None:
    done = run(200_000_000, where, "100000000")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("restage: train@iris: uses ")
    assert "its limit is 100 MB; give it more, by `resources: {memory: ...}` in conf/dataset/iris.yaml" in done.stderr


@pytest.mark.parametrize("limit", ["", "500000000"])
def test_a_stage_that_uses_less_finishes(limit: str) -> None:
    assert run(50_000_000, "own", limit).stdout == "finished\n"


@pytest.mark.parametrize("text", ["2 gigabytes", "GB", "-1GB", "0", True, None, ""])
def test_what_is_no_size_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="should be a size such as 2GB"):
        parse_memory(text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("5", "with a unit, such as 5GB; received '5', which is 5 bytes"),
        (16, "with a unit, such as 16GB; received 16, which is 16 bytes"),
        ("5KB", "at least 1 MB; received '5KB', which is 5000 bytes"),
    ],
)
def test_a_size_in_which_nothing_can_run_is_refused(text: object, hint: str) -> None:
    with pytest.raises(ValueError, match=f"^should be a size {hint}$"):
        parse_memory(text)


def test_a_large_number_is_a_number_of_bytes() -> None:
    assert [parse_memory(text) for text in (1_000_000, "4000000000", 4e9)] == [1_000_000, 4_000_000_000, 4_000_000_000]
