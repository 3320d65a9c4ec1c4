import sys
from pathlib import Path

import pytest

from benchmarks.measure_process import measure_process
from stages.core.errors import UserError

ALLOCATE = "import time; x = bytearray(b'1') * 100_000_000; time.sleep(0.5)"
MAP_A_FILE = """
import mmap, time
with open("big", "wb") as file:
    file.truncate(100_000_000)
with open("big", "r+b") as file, mmap.mmap(file.fileno(), 0) as pages:
    for start in range(0, len(pages), 4096):
        pages[start] = 1
    time.sleep(0.5)
"""


def test_memory_of_a_child_counts_and_pages_of_a_file_do_not(tmp_path: Path) -> None:
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {ALLOCATE!r}], check=True)"
    assert measure_process([sys.executable, "-c", child], tmp_path).peak_bytes > 100_000_000
    assert measure_process([sys.executable, "-c", MAP_A_FILE], tmp_path).peak_bytes < 50_000_000


def test_processor_seconds_are_those_of_the_process(tmp_path: Path) -> None:
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    assert measure_process([sys.executable, "-c", busy], tmp_path).processor_seconds >= 0.3
    usage = measure_process([sys.executable, "-c", "import time; time.sleep(0.5)"], tmp_path)
    assert usage.seconds >= 0.5


def test_a_failed_command_is_an_error_with_its_output(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"(?s)exit code 3.*no rows"):
        measure_process([sys.executable, "-c", "print('no rows'); raise SystemExit(3)"], tmp_path)
