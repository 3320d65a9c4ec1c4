"""`python3 -m stages.validate DATASET`: the result is written either way, the marker only when all is well."""

from stages.core import paths
from stages.core.errors import Mistake
from stages.core.params import stage_params
from stages.core.raw import read_raw
from stages.core.stage import main
from stages.core.writing import place_now, remove, write_json, write_text
from stages.validate.params import Validate
from stages.validate.verdict import validate


def run(key: str) -> None:
    for old in (paths.valid(key), paths.validation(key)):
        remove(old)
    params = stage_params(Validate, key, "validate")
    verdict = validate(read_raw(paths.raw(key)), params)
    write_json(paths.validation(key), verdict.record)
    if verdict.faults:
        place_now()
        expects = f"what datasets.{key}.validate in conf/ expects"
        raise Mistake(*verdict.faults, f"mend the data, or {expects}; all results are in {paths.validation(key)}")
    write_text(paths.valid(key), "valid\n")


if __name__ == "__main__":
    main("validate", run)
