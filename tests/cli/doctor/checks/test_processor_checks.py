"""Cores, instructions and caches of the processor."""

import json
from pathlib import Path

import pytest

from stages.cli.doctor.checks import processor_checks
from stages.cli.doctor.checks.processor_checks import (
    cores,
    instructions,
    processor_caches,
    threads,
    trained_instructions,
)
from stages.cli.doctor.finding import Level
from tests.cli.doctor.conftest import write

PINNED = {"ONEDNN_MAX_CPU_ISA": "AVX2"}


@pytest.mark.parametrize(
    ("usable", "limit", "found"),
    [(8, None, "8 cores"), (2, 2.5, "2 of 8 cores, since the control group has a limit of 2.5")],
)
def test_a_limit_below_the_number_of_cores_is_shown(
    usable: int, limit: float | None, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processor_checks, "allowed_cores", lambda: 8)
    monkeypatch.setattr(processor_checks, "usable_cores", lambda: usable)
    monkeypatch.setattr(processor_checks, "control_group_limit", lambda: limit)
    assert cores() == (Level.OK, found, "")


def test_more_threads_than_cores_are_found(folder: Path) -> None:
    assert threads(usable=1).level is Level.OK
    write("params.yaml", "datasets:\n  iris:\n    train:\n      threads: 4\n")
    assert threads(usable=4).level is Level.OK
    finding = threads(usable=2)
    assert finding.level is Level.WARNING
    assert "iris (4)" in finding.found


def test_a_processor_without_the_instructions_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor_checks, "machine_differences", list)
    assert instructions().level is Level.OK
    monkeypatch.setattr(processor_checks, "machine_differences", lambda: ["the processor lacks AVX2"])
    assert instructions() == (
        Level.WARNING, "the processor lacks AVX2", "`restage verify` shows which results differ"
    )  # fmt: skip


def test_models_that_were_trained_with_other_settings_are_named(folder: Path) -> None:
    assert trained_instructions(PINNED).level is Level.OK
    write("data/models/iris/training.json", json.dumps({"pinned": PINNED}))
    assert trained_instructions(PINNED).level is Level.OK
    write("data/models/wine/training.json", json.dumps({"pinned": {}}))
    write("data/models/digits/training.json", "{")
    finding = trained_instructions(PINNED)
    assert finding.level is Level.WARNING
    assert "digits, wine" in finding.found


def test_the_caches_are_listed(folder: Path) -> None:
    for number, (level, kind, size) in enumerate([(1, "Data", "32K"), (1, "Instruction", "64K"), (2, "Unified", "1M")]):
        for name, text in (("level", level), ("type", kind), ("size", size)):
            write(f"cache/index{number}/{name}", f"{text}\n")
    assert processor_caches(Path("cache")).found.startswith("L1 32K, L2 1M;")
    assert processor_caches(Path("missing")).level is Level.OK
