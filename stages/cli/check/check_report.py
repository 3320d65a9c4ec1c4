"""What `restage check` finds: the content of `--json`."""

from stages.cli.compare.comparison import RevisionName
from stages.core.artefacts.records.record import Record


class GateResult(Record):
    """`gate` is the key below `evaluate.gate`, such as `at_least.accuracy`, and `required` its value in conf/.

    `value` is that of the working tree, `base` that of the base revision; they are means where `no_worse_than_base`
    compares means over seeds. `text` says why the gate failed and what to look at, or what a person should know of a
    gate that passed.
    """

    gate: str
    required: float | int | bool | str
    passed: bool
    value: float | int | None = None
    base: float | None = None
    text: str = ""


class DatasetCheck(Record):
    """`stale` says why the results are not those of the parameters, code and data; then no gate is checked."""

    key: str
    passed: bool
    gates: list[GateResult] = []
    stale: str = ""


class CheckReport(Record):
    """`base` is None if no gate compares. `without_gates` are the datasets that have none.

    `base_stale` are the stages of base, by dataset, whose results are not those of the parameters, code and data that
    base has.
    """

    passed: bool
    base: RevisionName | None
    datasets: list[DatasetCheck]
    without_gates: list[str]
    base_stale: dict[str, list[str]] = {}
