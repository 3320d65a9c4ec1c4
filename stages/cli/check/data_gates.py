"""The gates `no_drift` and `no_leakage`, by what validate and preprocess recorded."""

from stages.cli.check.check_report import GateResult
from stages.core.artefacts.processed import Fitted
from stages.core.artefacts.records.validation import ValidationRecord
from stages.core.errors import format_examples
from stages.report.rendering.format_text import count


def check_drift(key: str, record: ValidationRecord) -> GateResult:
    """The limits are those of `validate.drift`."""
    drift, text = record.drift, ""
    drifted = [f"{column.column} ({', '.join(column.exceeded)})" for column in drift.columns if column.exceeded]
    if not drift.accepted:
        text = f"no profile was accepted to measure drift from; run `restage accept {key}` and commit it"
    elif drift.drifted:
        text = f"drifted: {format_examples(drifted)}; correct the data, or run `restage accept {key}` if it is expected"
    return GateResult(gate="no_drift", required=True, passed=not text, value=drift.drifted, text=text)


def check_leakage(record: ValidationRecord, fitted: Fitted, page: str) -> GateResult:
    """Equal rows of two splits of the raw data, nearly equal ones, and samples that are also training samples."""
    near, seen = record.near_duplicates.across_splits, sum(fitted.seen_in_training.values())
    found = []
    if record.duplicates.across_splits:
        found.append(f"{count(record.duplicates.across_splits, 'row')} of the raw data in two splits")
    if near:
        found.append(f"{count(near, 'row')} of the raw data nearly the same as one of another split")
    for split, samples in fitted.seen_in_training.items():
        if samples:
            found.append(f"{count(samples, f'{split} sample')} with the inputs of a training sample")
    # Neighbouring rows of a series are naturally similar, so that validate does not compare them.
    if near is None and fitted.window is None:
        found.append("validate did not look for nearly equal rows")
    rows = record.duplicates.across_splits + (near or 0) + seen
    text = f"{'; '.join(found)}; see {page}" if found else ""
    return GateResult(gate="no_leakage", required=True, passed=not found, value=rows, text=text)
