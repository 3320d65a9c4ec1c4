"""The whole of `restage bench`: chosen cases measured, told on the terminal, and written down."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.cases import chosen
from benchmarks.comparing import Compared, compared, record
from benchmarks.machine import TERMS, Machine, this_machine
from benchmarks.page import page
from benchmarks.table import header, row
from stages.core.runtime.atomic_write import round_significant, write_json, write_text

FOLDER = Path("reports/bench")


def bench(names: Sequence[str], rounds: int, quick: bool, cold: bool) -> None:
    """A quick run is tiny and has one round: it shows that all of it works."""
    cases, size = chosen(names), "quick" if quick else "full"
    machine = this_machine(size)
    print(f"{machine}\n{header()}", flush=True)
    found = []
    for name in cases:
        found.append(compared(name, size, 1 if quick else rounds, cold))
        print(row(found[-1], machine), flush=True)
    write_json(FOLDER / "bench.json", _content(found, machine, quick))
    write_text(FOLDER / "index.html", page(found, machine, quick))
    print(f"open {FOLDER / 'index.html'}{'; quick figures mean nothing' if quick else ''}")


def _content(found: Sequence[Compared], machine: Machine, quick: bool) -> dict[str, Any]:
    limits = {"gemm": round_significant(machine.gemm, 3), "copy": round_significant(machine.copy, 3)}
    return {
        "machine": {"cores": machine.cores, "versions": machine.versions} | limits,
        "terms": dict(TERMS),
        "quick": quick,
        "cases": {c.name: record(c, machine) for c in found},
    }
