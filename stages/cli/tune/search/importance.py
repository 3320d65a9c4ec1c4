"""How much each searched parameter matters, by fANOVA over the complete trials."""

from collections.abc import Mapping, Sequence

import optuna
from optuna.importance import FanovaImportanceEvaluator, get_param_importances

from stages.cli.tune.search.propose_trials import direction, known_trials
from stages.cli.tune.study import Better, Range, TrialRecord
from stages.core.rounding import round_significant

# With fewer trials, the shares would say more about chance than about the parameters.
MIN_TRIALS = 8


def importance_of(
    ranges: Mapping[str, Range], trials: Sequence[TrialRecord], better: Better, seed: int
) -> dict[str, float]:
    """The share of each parameter in the variance of the values; empty if there are too few complete trials.

    It is empty too if all values are the same.
    """
    known = known_trials(ranges, [trial for trial in trials if trial.state == "complete"])
    if len(known) < MIN_TRIALS or len({trial.value for trial in known}) < 2:
        return {}
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(direction=direction(better))
    study.add_trials(known)
    shares = get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=seed))
    return {path: round_significant(share) for path, share in shares.items()}
