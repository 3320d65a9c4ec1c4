"""What the comparison of two revisions is made of."""

import subprocess
import sys

import pytest

from benchmarks.studies import suite_processor_time
from benchmarks.studies.suite_processor_time import Seconds, main, processor_seconds, revision_hash


def test_the_time_of_the_children_of_a_child_counts() -> None:
    work = "import time\nwhile time.process_time() < 0.3: pass"
    start = processor_seconds()
    subprocess.run([sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}])"])
    assert 0.3 <= processor_seconds() - start < 3


def test_a_revision_is_named_by_its_hash() -> None:
    assert len(revision_hash("HEAD")) == 40
    assert revision_hash(revision_hash("HEAD")) == revision_hash("HEAD")


def test_the_ratios_of_both_times(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    times = {"v1": Seconds(10, 20), "HEAD": Seconds(5, 8)}
    monkeypatch.setattr(suite_processor_time, "time_suite", times.get)
    main("v1", 2)
    output = capsys.readouterr().out
    assert "elapsed time, v1: 10.0 s, 10.0 s\n" in output
    assert "elapsed time: ratio 0.50," in output
    assert "processor time: ratio 0.40," in output
