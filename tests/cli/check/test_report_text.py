from stages.cli.check.check_report import CheckReport, DatasetCheck, GateResult
from stages.cli.check.report_text import report_text
from stages.cli.compare.comparison import RevisionName

FAILED = GateResult(gate="at_least.accuracy", required=0.9, passed=False, value=0.8, text="0.8 is below 0.9")
PASSED = GateResult(gate="no_drift", required=True, passed=True)


def test_each_failed_gate_is_a_line_below_its_dataset() -> None:
    report = CheckReport(
        passed=False,
        base=None,
        datasets=[
            DatasetCheck(key="iris", passed=False, gates=[FAILED, PASSED]),
            DatasetCheck(key="wine", passed=True, gates=[PASSED]),
            DatasetCheck(key="co2", passed=False, stale="validate failed"),
        ],
        without_gates=["line"],
    )
    assert report_text(report).splitlines() == [
        "iris: 1 of 2 gates failed",
        "    at_least.accuracy: 0.8 is below 0.9",
        "wine: 1 gate passed",
        "co2: failed: validate failed",
        "no gate: line",
    ]


def test_stale_results_of_the_base_are_a_warning() -> None:
    report = CheckReport(
        passed=True,
        base=RevisionName(name="main", commit="0123456789abcdef"),
        datasets=[DatasetCheck(key="iris", passed=True, gates=[PASSED])],
        without_gates=[],
        base_stale={"iris": ["train", "evaluate"]},
    )
    assert report_text(report).splitlines()[-1] == (
        "WARNING: the results of main (01234567) are not those of its parameters, code and data, "
        "and no_worse_than_base compares with them: iris (train, evaluate)"
    )
