"""The validation of a raw dataset: all checks, the profile, and the drift from the accepted profile."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stages.core.artefacts.profile import Profile
from stages.core.artefacts.raw.raw_data import RawData, Table
from stages.core.artefacts.records.validation import (
    CheckRecord,
    DuplicatesRecord,
    NearDuplicatesRecord,
    RedundantColumns,
    RedundantColumnsRecord,
    TimeStepsRecord,
    ValidationRecord,
)
from stages.core.bounded_memory.release_memory import release_memory
from stages.core.runtime.library_versions import installed_versions
from stages.validate.all_rows import Rows, all_rows, row_count
from stages.validate.check_large_table import check_large_table
from stages.validate.drift.compare_profiles import compare_profiles, describe_drift
from stages.validate.drift.compute_profile import compute_profile
from stages.validate.drift.profiled_values import ColumnValues, column_values, column_values_by_block
from stages.validate.expectations.builtin_checks import run_builtin_checks
from stages.validate.expectations.check_results import describe_failure
from stages.validate.expectations.common_expectations import run_common_expectations
from stages.validate.expectations.dataset_expectations import common_expectations, conf_expectations
from stages.validate.expectations.run_great_expectations import run_expectations
from stages.validate.leakage.count_classes import ClassCounter
from stages.validate.leakage.duplicates import (
    describe_duplicates,
    find_duplicates,
    find_duplicates_by_hash,
    original_rows,
)
from stages.validate.leakage.near_duplicates import (
    describe_near_duplicates,
    find_near_duplicates,
    find_near_duplicates_by_block,
)
from stages.validate.leakage.redundant_columns import describe_redundant_columns, find_redundant_columns
from stages.validate.measure_time_steps import measure_time_steps
from stages.validate.params import Validate
from stages.validate.typed_blocks import stored_rows
from stages.validate.workspace import Workspace, open_workspace


@dataclass(frozen=True)
class ValidationResult:
    """`warning` describes drift that does not fail the validation."""

    record: ValidationRecord
    profile: Profile
    errors: list[str]
    warning: str | None


def validate(
    raw: RawData,
    params: Validate,
    accepted: Profile | None = None,
    files: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> ValidationResult:
    """Check the raw data and compare them with the accepted profile.

    `files` are the files of the raw data and their hashes, which the profile contains. Numbers of all rows of a large
    table are written to temporary files in `folder`.
    Raises UserError if the parameters do not fit the data.
    """
    if isinstance(raw, Table) and raw.is_large:
        check_large_table(params)
        with open_workspace(folder or Path(tempfile.gettempdir()), sum(raw.sizes.values())) as space:
            return _validate_large(raw, params, accepted, files or {}, space)
    in_memory = all_rows(raw)
    checks = _run_checks(raw, in_memory, params)
    original = original_rows(raw, in_memory)
    return _judge(
        rows=in_memory,
        checks=checks,
        duplicates=find_duplicates(original, in_memory, params.max_examples),
        near_duplicates=find_near_duplicates(raw, in_memory, original, params.near_duplicates, params.max_examples),
        redundant_columns=find_redundant_columns(in_memory) if isinstance(raw, Table) else [],
        columns=column_values(raw, in_memory),
        time_steps=measure_time_steps(raw),
        params=params,
        accepted=accepted,
        files=files or {},
    )


def _validate_large(
    raw: Table, params: Validate, accepted: Profile | None, files: Mapping[str, str], space: Workspace
) -> ValidationResult:
    rows = stored_rows(raw)
    release_memory()
    values = column_values_by_block(raw, rows, space.scratch)
    release_memory()
    checks = _run_checks(raw, rows, params, space)
    release_memory()
    duplicates = find_duplicates_by_hash(raw, rows, space.hashed, params.max_examples)
    release_memory()
    with space.temporary() as scratch:
        near_duplicates = find_near_duplicates_by_block(
            raw, rows, space.hashed, params.near_duplicates, params.max_examples, scratch
        )
    release_memory()
    return _judge(
        rows=rows,
        checks=checks,
        duplicates=duplicates,
        near_duplicates=near_duplicates,
        redundant_columns=find_redundant_columns(rows, ClassCounter(space.hashed, values)),
        columns=values,
        time_steps=measure_time_steps(raw, space.scratch),
        params=params,
        accepted=accepted,
        files=files,
    )


def _run_checks(raw: RawData, rows: Rows, params: Validate, space: Workspace | None = None) -> list[CheckRecord]:
    limit = params.max_examples
    common = run_common_expectations(rows, common_expectations(raw, params), limit)
    of_conf = run_expectations(rows, conf_expectations(params), limit, space)
    if space is not None:
        release_memory()
    return common + of_conf + run_builtin_checks(raw, rows, params)


def _judge(
    rows: Rows,
    checks: list[CheckRecord],
    duplicates: DuplicatesRecord,
    near_duplicates: NearDuplicatesRecord,
    redundant_columns: Sequence[RedundantColumns],
    columns: Mapping[str, ColumnValues],
    time_steps: TimeStepsRecord | None,
    params: Validate,
    accepted: Profile | None,
    files: Mapping[str, str],
) -> ValidationResult:
    profile = compute_profile(columns, row_count(rows), files)
    drift = compare_profiles(accepted, profile, columns, params.drift)

    errors = [describe_failure(check, row_count(rows)) for check in checks if not check.passed]
    errors += _leakage_errors(duplicates, near_duplicates, redundant_columns, params)
    warning = describe_drift(drift)
    if warning and params.drift.exceeded == "fail":
        errors.append(f"drift: {warning}")
        warning = None
    record = ValidationRecord(
        passed=not errors,
        rows=row_count(rows),
        expectations=len(checks),
        failed=sum(not check.passed for check in checks),
        results=checks,
        duplicates=duplicates,
        near_duplicates=near_duplicates,
        redundant_columns=RedundantColumnsRecord(
            pairs=len(redundant_columns), examples=list(redundant_columns[: params.max_examples])
        ),
        drift=drift,
        time_steps=time_steps,
        versions=installed_versions("great_expectations"),
    )
    return ValidationResult(record, profile, errors, warning)


def _leakage_errors(
    duplicates: DuplicatesRecord, near: NearDuplicatesRecord, redundant: Sequence[RedundantColumns], params: Validate
) -> list[str]:
    errors = []
    if duplicates.across_splits and params.duplicates_across_splits == "fail":
        errors.append(f"duplicates_across_splits: {describe_duplicates(duplicates)}")
    if params.near_duplicates.across_splits == "fail":
        if near.across_splits:
            errors.append(f"near_duplicates: {describe_near_duplicates(near)}")
        if near.not_judged:
            errors.append(f"near_duplicates: not judged: {near.not_judged}; set across_splits to report or off")
    if redundant and params.redundant_columns == "fail":
        errors.append(f"redundant_columns: {describe_redundant_columns(redundant)}")
    return errors
