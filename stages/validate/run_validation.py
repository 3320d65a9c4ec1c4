"""The validation of a raw dataset: all checks, the profile, and the drift from the accepted profile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stages.core.artefacts.profile import Profile
from stages.core.artefacts.raw_data import RawData, Table
from stages.core.artefacts.records.validation import (
    DuplicatesRecord,
    NearDuplicatesRecord,
    RedundantColumns,
    RedundantColumnsRecord,
    ValidationRecord,
)
from stages.core.runtime.library_versions import installed_versions
from stages.validate.all_rows import all_rows
from stages.validate.drift.column_values import column_values
from stages.validate.drift.compare_profiles import compare_profiles, describe_drift
from stages.validate.drift.compute_profile import compute_profile
from stages.validate.expectations.builtin_checks import run_builtin_checks
from stages.validate.expectations.check_results import describe_failure
from stages.validate.expectations.dataset_expectations import dataset_expectations
from stages.validate.expectations.run_great_expectations import run_expectations
from stages.validate.leakage.duplicates import describe_duplicates, find_duplicates, original_rows
from stages.validate.leakage.near_duplicates import describe_near_duplicates, find_near_duplicates
from stages.validate.leakage.redundant_columns import describe_redundant_columns, find_redundant_columns
from stages.validate.measure_time_steps import measure_time_steps
from stages.validate.params import Validate


@dataclass(frozen=True)
class ValidationResult:
    """`warning` describes drift that does not fail the validation."""

    record: ValidationRecord
    profile: Profile
    errors: list[str]
    warning: str | None


def validate(
    raw: RawData, params: Validate, accepted: Profile | None = None, files: Mapping[str, str] | None = None
) -> ValidationResult:
    """Check the raw data and compare them with the accepted profile.

    `files` are the files of the raw data and their hashes, which the profile contains.
    Raises UserError if the parameters do not fit the data.
    """
    limit = params.max_examples
    expectations = dataset_expectations(raw, params)
    rows = all_rows(raw)
    checks = run_expectations(rows, expectations, limit) + run_builtin_checks(raw, rows, params)
    original = original_rows(raw, rows)
    duplicates = find_duplicates(original, rows, limit)
    near_duplicates = find_near_duplicates(raw, rows, original, params.near_duplicates, limit)
    redundant_columns = find_redundant_columns(rows.frame) if isinstance(raw, Table) else []
    columns = column_values(raw, rows)
    profile = compute_profile(columns, len(rows.frame), files or {})
    drift = compare_profiles(accepted, profile, columns, params.drift)

    errors = [describe_failure(check, len(rows.frame)) for check in checks if not check.passed]
    errors += _leakage_errors(duplicates, near_duplicates, redundant_columns, params)
    warning = describe_drift(drift)
    if warning and params.drift.exceeded == "fail":
        errors.append(f"drift: {warning}")
        warning = None
    record = ValidationRecord(
        passed=not errors,
        rows=len(rows.frame),
        expectations=len(checks),
        failed=sum(not check.passed for check in checks),
        results=checks,
        duplicates=duplicates,
        near_duplicates=near_duplicates,
        redundant_columns=RedundantColumnsRecord(pairs=len(redundant_columns), examples=redundant_columns[:limit]),
        drift=drift,
        time_steps=measure_time_steps(raw),
        versions=installed_versions("great_expectations"),
    )
    return ValidationResult(record, profile, errors, warning)


def _leakage_errors(
    duplicates: DuplicatesRecord, near: NearDuplicatesRecord, redundant: Sequence[RedundantColumns], params: Validate
) -> list[str]:
    errors = []
    if duplicates.across_splits and params.duplicates_across_splits == "fail":
        errors.append(f"duplicates_across_splits: {describe_duplicates(duplicates)}")
    if near.across_splits and params.near_duplicates.across_splits == "fail":
        errors.append(f"near_duplicates: {describe_near_duplicates(near)}")
    if redundant and params.redundant_columns == "fail":
        errors.append(f"redundant_columns: {describe_redundant_columns(redundant)}")
    return errors
