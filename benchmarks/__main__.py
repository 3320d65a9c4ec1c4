"""`python -m benchmarks`: measures our stages against the code of tutorials, and writes reports/bench."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.cases import chosen
from benchmarks.compare_sides import Compared, compared, record
from benchmarks.machine_description import TERMS, Machine, this_machine
from benchmarks.results_page import page
from benchmarks.results_table import header, row
from stages.core.runtime.atomic_write import round_significant, write_json, write_text
from stages.core.runtime.stage import report_user_errors

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


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--case", action="append", default=[], help="measure this case only; may be repeated")
    parser.add_argument("--rounds", type=int, default=5, help="how often each side runs")
    parser.add_argument("--quick", action="store_true", help="a few rows and one round, to see that it works")
    parser.add_argument("--cold", action="store_true", help="whole runs too, from the start of the process")
    arguments = parser.parse_args()
    with report_user_errors("bench", debug=False):
        bench(arguments.case, arguments.rounds, arguments.quick, arguments.cold)


if __name__ == "__main__":
    main()
