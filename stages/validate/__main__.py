"""`python3 -m stages.validate DATASET`: the results are written either way, the marker only when all is well."""

import sys

from stages.core import paths
from stages.core.errors import Mistake
from stages.core.params import stage_params
from stages.core.raw import files_of, read_raw
from stages.core.stage import main
from stages.core.writing import place_now, remove, write_json, write_text
from stages.validate.accepted import NOTHING, Profile, profile_text, read_profile
from stages.validate.params import Validate
from stages.validate.verdict import validate


def run(key: str) -> None:
    for old in (paths.valid(key), paths.validation(key), paths.profile(key)):
        remove(old)
    params = stage_params(Validate, key, "validate")
    folder = paths.raw(key)
    verdict = validate(read_raw(folder), params, read_accepted(key), files_of(folder))
    write_json(paths.validation(key), verdict.record)
    write_text(paths.profile(key), profile_text(verdict.profile))
    accept = f"`restage accept {key}` if that is as it should be"
    if verdict.warning:
        print(f"restage: validate@{key}: {verdict.warning}; {accept}", file=sys.stderr)
    if verdict.faults:
        place_now()
        expects = f"what datasets.{key}.validate in conf/ expects"
        drifted = f" ({accept})" if any(fault.startswith("drift: ") for fault in verdict.faults) else ""
        mend = f"mend the data, or {expects}{drifted}; all results are in {paths.validation(key)}"
        raise Mistake(*verdict.faults, mend)
    write_text(paths.valid(key), "valid\n")


def read_accepted(key: str) -> Profile | None:
    """The guard has looked it through."""
    file = paths.accepted(key)
    if not file.is_file():
        raise Mistake(f"{file}: not here; run `dvc repro guard`")
    if file.read_bytes() == NOTHING.encode():
        return None
    return read_profile(file, "run `dvc repro --force guard`")


if __name__ == "__main__":
    main("validate", run)
