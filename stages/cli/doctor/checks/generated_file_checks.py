"""Checks of conf/, and of the files that are written from it."""

from stages.cli.doctor.finding import Finding, ok, problem_if_refused, warning
from stages.core.errors import format_examples
from stages.core.paths import PARAMS, accepted_profile


def parameters() -> Finding:
    """conf/ composes without an error, and params.yaml is the result."""
    from stages.config.check_parameters import check_parameters
    from stages.config.compose_conf import compose
    from stages.core.parameters.read_params import read_params
    from stages.guard.guard_stage import check_up_to_date

    def check() -> None:
        composed = compose()
        check_parameters(composed)
        check_up_to_date(read_params(), composed.params)

    return problem_if_refused(check, f"{PARAMS} is what conf/ composes to")


def stage_requirements() -> Finding:
    """stages/locked is what requirements.lock and the code say."""
    from stages.cli.lock.lock import check_requirements

    return problem_if_refused(check_requirements, "stages/locked matches requirements.lock")


def accepted_profiles() -> Finding:
    """Without an accepted profile, validate cannot report that the data of a dataset drift."""
    from stages.core.parameters.read_params import read_params

    datasets = read_params()["datasets"]
    without = [key for key in map(str, datasets) if not accepted_profile(key).is_file()]
    if without:
        solution = f"`restage accept {' '.join(without)}`"
        return warning(f"none for {format_examples(without)}: drift is not reported", solution)
    return ok(f"for {len(datasets)} datasets")
