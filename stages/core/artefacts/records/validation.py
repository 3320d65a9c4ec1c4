"""What validate writes in reports/validation/<key>.json."""

from typing import Any, Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from stages.core.artefacts.records.record import Record


class RowReference(Record):
    """A row of the raw data: its number within its split, counted from 0."""

    split: str
    row: int


class ExampleRow(RowReference):
    """A row that does not meet an expectation, with the value or values that it holds."""

    value: Any = None


class CheckRecord(Record):
    """One expectation and its result. `problem` explains a failure that no single row shows."""

    expectation: str
    arguments: dict[str, Any]
    passed: bool
    observed: Any = None
    unexpected: int = 0
    examples: list[ExampleRow] = []
    problem: str | None = None


class DuplicateRow(RowReference):
    """A row that equals an earlier row."""

    same_as: RowReference


class DuplicatesRecord(Record):
    """Equal rows, counted across raw splits and within them."""

    across_splits: int
    within_splits: int
    examples: list[DuplicateRow]


class NearDuplicateRow(RowReference):
    """A row that is nearly the same as an earlier row. `similarity` is 1 for equal rows."""

    nearest: RowReference
    similarity: float


class NearDuplicatesRecord(Record):
    """Rows that are nearly the same. A count is None where it was not computed.

    `compared` of `candidates` rows were compared; a large dataset is sampled evenly.
    """

    across_splits: int | None
    within_splits: int | None
    compared: int
    candidates: int
    examples: list[NearDuplicateRow]
    # Why they were not searched.
    not_judged: str | None = None

    @model_serializer(mode="wrap")
    def _leave_out_no_reason(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = serialize(self)
        return {name: value for name, value in content.items() if name != "not_judged" or value is not None}


class RedundantColumns(Record):
    """Two columns that hold the same information: equal, on another scale, or with renamed classes."""

    columns: tuple[str, str]
    relation: Literal["equal", "scaled", "renamed"]


class RedundantColumnsRecord(Record):
    pairs: int
    examples: list[RedundantColumns]


class ColumnDrift(Record):
    """How far one column is from the accepted profile. Pairs are (accepted, now); None where it does not apply.

    `exceeded` names the limits that the column exceeds.
    """

    column: str
    kind: str
    exceeded: list[str] = []
    psi: float | None = None
    ks: float | None = None
    outside: float | None = None
    missing: tuple[float, float] | None = None
    range: tuple[tuple[float | str, float | str], tuple[float | str, float | str]] | None = None
    distinct: tuple[int, int] | None = None
    removed: list[str] = []
    added: list[str] = []


class DriftRecord(Record):
    """Drift from the accepted profile; `accepted` is False where no profile was accepted yet."""

    accepted: bool
    accepted_rows: int | None = None
    rows: int | None = None
    drifted: int = 0
    columns: list[ColumnDrift] = []


class LongestStep(RowReference):
    """The longest step of a series: from the time of this row to that of the next one."""

    begin: str
    end: str


class TimeStepsRecord(Record):
    """The steps from each time of a series to the next one of its split.

    `usual` is the step that more than half of all are, such as "1 month", or None. `longer` and `shorter` steps are
    compared with it, and `left_out` is how many more rows there would be with usual steps only.
    """

    column: str
    steps: int
    usual: str | None
    longer: int = 0
    shorter: int = 0
    left_out: int = 0
    longest: LongestStep


class ValidationRecord(Record):
    """All results of a validation. `time_steps` are those of a series with times; other data have no such key."""

    passed: bool
    rows: int
    expectations: int
    failed: int
    results: list[CheckRecord]
    duplicates: DuplicatesRecord
    near_duplicates: NearDuplicatesRecord
    redundant_columns: RedundantColumnsRecord
    drift: DriftRecord
    time_steps: TimeStepsRecord | None = None
    versions: dict[str, str]

    @model_serializer(mode="wrap")
    def _leave_out_missing_time_steps(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = serialize(self)
        return {name: value for name, value in content.items() if name != "time_steps" or value is not None}
