"""`python3 -m stages.validate DATASET`: checks the raw data; results are written even if a check fails."""

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

import sys

from stages.core import paths
from stages.core.artefacts.profile import NO_PROFILE, Profile, profile_text, read_profile
from stages.core.artefacts.raw.raw_files import file_hashes, read_raw
from stages.core.artefacts.records.record import record_text
from stages.core.errors import UserError
from stages.core.files.atomic_write import remove
from stages.core.parameters.read_params import stage_params
from stages.core.run_stage.stage import run_stage
from stages.core.run_stage.stage_outputs import StageOutputs
from stages.validate.params import Validate
from stages.validate.run_validation import validate


def run(key: str, outputs: StageOutputs) -> None:
    for old in (paths.validation_marker(key), paths.validation_result(key), paths.data_profile(key)):
        remove(old)
    params = stage_params(Validate, key, "validate")
    folder = paths.raw_data(key)
    result = validate(read_raw(folder), params, read_accepted_profile(key), file_hashes(folder), folder.parent)
    outputs.write_text(paths.validation_result(key), record_text(result.record))
    outputs.write_text(paths.data_profile(key), profile_text(result.profile))
    accept = f"run `restage accept {key}` if this is expected"
    if result.warning:
        print(f"restage: validate@{key}: {result.warning}; {accept}", file=sys.stderr)
    if reason := result.record.near_duplicates.not_judged:
        print(f"restage: validate@{key}: near_duplicates: not judged: {reason}", file=sys.stderr)
    if result.errors:
        outputs.publish()
        drift = f" ({accept})" if result.record.drift.drifted and not result.warning else ""
        raise UserError(
            *result.errors,
            f"correct the data, or datasets.{key}.validate in conf/{drift}; "
            f"all results are in {paths.validation_result(key)}",
        )
    outputs.write_text(paths.validation_marker(key), "valid\n")


def read_accepted_profile(key: str) -> Profile | None:
    """None if the guard says that no profile was accepted yet."""
    path = paths.accepted_profile_copy(key)
    if not path.is_file():
        raise UserError(f"{path}: not found; run `dvc repro guard`")
    if path.read_bytes() == NO_PROFILE.encode():
        return None
    return read_profile(path, "run `dvc repro --force guard`")


if __name__ == "__main__":
    run_stage("validate", run)
