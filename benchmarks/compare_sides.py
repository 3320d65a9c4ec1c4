"""One case measured on both sides, turn by turn, so that what else the machine does meets both alike."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.cases import CASES, SIDES, Case, SideName
from benchmarks.machine_description import Machine
from benchmarks.ratio_statistics import Ratio, median, ratio
from benchmarks.side_processes import started, whole
from stages.core.runtime.atomic_write import round_significant


@dataclass(frozen=True)
class Measured:
    """One side: seconds an epoch in each round, the most memory it took, the bytes of its prepared data."""

    seconds: list[float]
    peak: int
    stored: int
    parameters: int
    cold: list[float] = field(default_factory=list)

    @property
    def usual(self) -> float:
        return median(self.seconds)

    @property
    def usual_cold(self) -> float:
        return median(self.cold)


@dataclass(frozen=True)
class Limit:
    """What an epoch is made of, as parts of the time it took, if one thread did it at the machine's best."""

    products: float
    optimizer: float


@dataclass(frozen=True)
class Compared:
    case: Case
    name: str
    sides: Mapping[SideName, Measured]

    @property
    def ratio(self) -> Ratio:
        return ratio(*(self.sides[side].seconds for side in SIDES))

    @property
    def cold(self) -> Ratio | None:
        whole_runs = [self.sides[side].cold for side in SIDES]
        return ratio(*whole_runs) if all(whole_runs) else None

    def limit(self, side: SideName, machine: Machine) -> Limit | None:
        measured, operations = self.sides[side], self.case.operations
        if not operations:
            return None
        moved = self.case.moved(measured.parameters)
        return Limit(operations / machine.gemm / measured.usual, moved / machine.copy / measured.usual)


def compared(name: str, size: str, rounds: int, cold: bool) -> Compared:
    case = CASES[name].quick if size == "quick" else CASES[name]
    starts = _cold(name, size, rounds if cold and case.trains else 0)
    with ExitStack() as both:
        sides = {side: both.enter_context(started(name, side, size)) for side in SIDES}
        ready = {side: sides[side].hear() for side in SIDES}
        turns = [{side: sides[side].round() for side in SIDES} for _ in range(rounds)]
        measured = {
            side: Measured([turn[side] for turn in turns], sides[side].end(), cold=starts[side], **ready[side])
            for side in SIDES
        }
    return Compared(case, name, measured)


def _cold(name: str, size: str, rounds: int) -> dict[SideName, list[float]]:
    turns = [{side: whole(name, side, size) for side in SIDES} for _ in range(rounds)]
    return {side: [turn[side] for turn in turns] for side in SIDES}


def record(compared: Compared, machine: Machine) -> dict[str, Any]:
    """As it is written down."""
    found = compared.ratio
    times = {"ratio": found.middle, "low": found.low, "high": found.high}
    sides = {side: _side_record(compared, side, machine) for side in SIDES}
    cold = {"cold_ratio": round_significant(compared.cold.middle, 3)} if compared.cold else {}
    about = {"about": compared.case.about}
    return about | {name: round_significant(value, 3) for name, value in times.items()} | sides | cold


def _side_record(compared: Compared, side: SideName, machine: Machine) -> dict[str, Any]:
    measured, limit = compared.sides[side], compared.limit(side, machine)
    cold = {"cold_seconds": [round_significant(s, 4) for s in measured.cold]} if measured.cold else {}
    return {
        "seconds": [round_significant(s, 4) for s in measured.seconds],
        "median": round_significant(measured.usual, 4),
        "peak": measured.peak,
        "stored": measured.stored,
        "parameters": measured.parameters,
        "limit": limit and {name: round_significant(part, 3) for name, part in asdict(limit).items()},
    } | cold
