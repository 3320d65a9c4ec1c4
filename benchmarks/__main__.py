"""Compare the speed of the stages with the code of tutorials, and write reports/bench."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.cases import SIDE_SETTINGS, Size, select_cases
from benchmarks.compare_sides import Comparison, comparison_record, run_comparison
from benchmarks.machine_description import Machine, describe_machine
from benchmarks.results.results_page import render_page
from benchmarks.results.results_table import table_header, table_row
from stages.core.files.atomic_write import write_json, write_text
from stages.core.rounding import round_significant
from stages.core.run_stage.stage import report_user_errors

FOLDER = Path("reports/bench")


def run_benchmarks(names: Sequence[str], rounds: int, quick: bool, whole_runs: bool) -> None:
    """Run the named cases, or all. A quick run uses little data and one round: it shows that the code works."""
    cases = select_cases(names)
    size: Size = "quick" if quick else "full"
    machine = describe_machine(size)
    print(f"{machine}\n{table_header()}", flush=True)
    comparisons = []
    for name in cases:
        comparisons.append(run_comparison(name, size, 1 if quick else rounds, whole_runs))
        print(table_row(comparisons[-1], machine), flush=True)
    write_json(FOLDER / "bench.json", _results_record(comparisons, machine, quick))
    write_text(FOLDER / "index.html", render_page(comparisons, machine, quick))
    print(f"open {FOLDER / 'index.html'}{'; the values of a quick run mean nothing' if quick else ''}")


def _results_record(comparisons: Sequence[Comparison], machine: Machine, quick: bool) -> dict[str, Any]:
    rates = {"gemm": round_significant(machine.gemm, 3), "copy": round_significant(machine.copy, 3)}
    return {
        "machine": {"cores": machine.cores, "versions": machine.versions} | rates,
        "terms": dict(SIDE_SETTINGS),
        "quick": quick,
        "cases": {c.name: comparison_record(c, machine) for c in comparisons},
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--case", action="append", default=[], help="run only this case; may be repeated")
    parser.add_argument("--rounds", type=int, default=5, help="how often each side runs")
    parser.add_argument("--quick", action="store_true", help="use a few rows and one round, to check that it works")
    parser.add_argument("--whole-runs", action="store_true", help="also time whole runs, from the start of the process")
    arguments = parser.parse_args()
    with report_user_errors("bench", debug=False):
        run_benchmarks(arguments.case, arguments.rounds, arguments.quick, arguments.whole_runs)


if __name__ == "__main__":
    main()
