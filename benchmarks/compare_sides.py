"""Measures both sides of a case in alternation, so that other load on the machine affects both alike."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from benchmarks.cases import SIDES, Case, SideName, Size, get_case
from benchmarks.machine_description import Machine
from benchmarks.results.ratio_statistics import Ratio, ratio_of_medians
from benchmarks.start_sides import run_rounds, start_side, time_whole_run
from stages.core.rounding import round_significant


@dataclass(frozen=True)
class SideMeasurement:
    """Seconds per epoch of each round, peak memory and size of the prepared data in bytes, seconds of whole runs."""

    epoch_seconds: list[float]
    peak_bytes: int
    stored_bytes: int
    parameters: int
    whole_run_seconds: list[float] = field(default_factory=list)

    @property
    def median_epoch(self) -> float:
        return median(self.epoch_seconds)


@dataclass(frozen=True)
class ShareOfLimit:
    """The shortest possible time of one thread at the machine's best rates, divided by the measured time."""

    products: float
    optimizer: float


@dataclass(frozen=True)
class Comparison:
    case: Case
    name: str
    sides: Mapping[SideName, SideMeasurement]

    @property
    def speedup(self) -> Ratio:
        tutorial, ours = (self.sides[side].epoch_seconds for side in SIDES)
        return ratio_of_medians(tutorial, ours)

    @property
    def whole_run_speedup(self) -> Ratio | None:
        tutorial, ours = (self.sides[side].whole_run_seconds for side in SIDES)
        return ratio_of_medians(tutorial, ours) if tutorial and ours else None

    def share_of_limit(self, side: SideName, machine: Machine) -> ShareOfLimit | None:
        """None if the operations of the case are not counted."""
        measured, operations = self.sides[side], self.case.operations
        if not operations:
            return None
        optimizer_bytes = self.case.optimizer_bytes(measured.parameters)
        return ShareOfLimit(
            products=operations / machine.gemm / measured.median_epoch,
            optimizer=optimizer_bytes / machine.copy / measured.median_epoch,
        )


def run_comparison(name: str, size: Size, rounds: int, whole_runs: bool) -> Comparison:
    case = get_case(name, size)
    whole_run_seconds = _time_whole_runs(name, size, rounds if whole_runs and case.trains else 0)
    with ExitStack() as stack:
        processes = {side: stack.enter_context(start_side(name, side, size)) for side in SIDES}
        ready = {side: processes[side].read_message() for side in SIDES}
        seconds = run_rounds(processes, rounds)
        sides = {
            side: SideMeasurement(
                epoch_seconds=seconds[side],
                peak_bytes=processes[side].finish(),
                stored_bytes=ready[side]["stored"],
                parameters=ready[side]["parameters"],
                whole_run_seconds=whole_run_seconds[side],
            )
            for side in SIDES
        }
    return Comparison(case, name, sides)


def _time_whole_runs(name: str, size: Size, rounds: int) -> dict[SideName, list[float]]:
    seconds = [{side: time_whole_run(name, side, size) for side in SIDES} for _ in range(rounds)]
    return {side: [turn[side] for turn in seconds] for side in SIDES}


def comparison_record(comparison: Comparison, machine: Machine) -> dict[str, Any]:
    """Return the entry of a case in bench.json."""
    speedup, whole_run = comparison.speedup, comparison.whole_run_speedup
    return {
        "about": comparison.case.description,
        "ratio": round_significant(speedup.median, 3),
        "low": round_significant(speedup.low, 3),
        "high": round_significant(speedup.high, 3),
        **{side: _side_record(comparison, side, machine) for side in SIDES},
        **({"whole_run_ratio": round_significant(whole_run.median, 3)} if whole_run else {}),
    }


def _side_record(comparison: Comparison, side: SideName, machine: Machine) -> dict[str, Any]:
    measured, share = comparison.sides[side], comparison.share_of_limit(side, machine)
    whole_runs = [round_significant(seconds, 4) for seconds in measured.whole_run_seconds]
    return {
        "seconds": [round_significant(seconds, 4) for seconds in measured.epoch_seconds],
        "median": round_significant(measured.median_epoch, 4),
        "peak": measured.peak_bytes,
        "stored": measured.stored_bytes,
        "parameters": measured.parameters,
        "share_of_limit": share and {name: round_significant(part, 3) for name, part in asdict(share).items()},
        **({"whole_run_seconds": whole_runs} if whole_runs else {}),
    }
