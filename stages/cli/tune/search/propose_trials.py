"""The parameters of the next trials.

Trials are asked for in rounds of a fixed size. The sampler of a round knows the results of the rounds before it, in the
order of their numbers, and its random numbers come from the seed and the round. So a study is the same however many
workers train at once, and whether it was interrupted or not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any, Literal

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import FrozenTrial, TrialState, create_trial

from stages.cli.tune.study import Better, Choices, NumberRange, Range, TrialRecord, Values
from stages.core.rounding import round_significant

ROUND = 8
# Digits of a proposed number, which conf/ may get.
DIGITS = 4
# Numbers in steps such as 0.1 are exact but for the last bits of a float.
EXACT_DIGITS = 12
STEP_TOLERANCE = 1e-8
# The sampler may propose what was tried before; so often it is asked again for each trial.
ATTEMPTS = 20
_STATES = {"complete": TrialState.COMPLETE, "stopped": TrialState.PRUNED, "failed": TrialState.FAIL}


def round_numbers(number: int) -> range:
    """The numbers of the trials of a round.

    >>> round_numbers(1)
    range(8, 16)
    """
    return range(number * ROUND, (number + 1) * ROUND)


def propose_round(
    number: int, ranges: Mapping[str, Range], default: Values, earlier: Sequence[TrialRecord], better: Better, seed: int
) -> list[Values]:
    """The values of the trials of a round, by path. `earlier` are all trials of the rounds before it.

    Trial 0 has the values of conf/. There are fewer than ROUND, or none, if all combinations have been tried.
    """
    seen = [default, *(trial.values for trial in earlier)]
    proposed = [default] if number == 0 else []
    sampler = optuna.samplers.TPESampler(seed=_seed_of_round(seed, number), n_startup_trials=ROUND, constant_liar=True)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=sampler, direction=direction(better))
    study.add_trials(known_trials(ranges, earlier))
    while len(proposed) < ROUND and (values := _new_values(study, ranges, seen)) is not None:
        proposed.append(values)
        seen.append(values)
    return proposed


def direction(better: Better) -> Literal["maximize", "minimize"]:
    return "maximize" if better == "higher" else "minimize"


def known_trials(ranges: Mapping[str, Range], trials: Iterable[TrialRecord]) -> list[FrozenTrial]:
    """The trials as Optuna has them. The default may lie outside the ranges, which Optuna does not allow."""
    distributions = distributions_of(ranges)
    return [
        create_trial(
            state=_STATES[trial.state],
            value=trial.value if trial.state == "complete" else None,
            params=dict(trial.values),
            distributions=distributions,
            intermediate_values=dict(trial.rungs),
        )
        for trial in sorted(trials, key=lambda each: each.number)
        if lies_in(ranges, trial.values)
    ]


def distributions_of(ranges: Mapping[str, Range]) -> dict[str, BaseDistribution]:
    return {path: _distribution(each) for path, each in ranges.items()}


def lies_in(ranges: Mapping[str, Range], values: Values) -> bool:
    """Whether each parameter has a value of its range."""
    return all(path in values and _has_value(each, values[path]) for path, each in ranges.items())


def _has_value(each: Range, value: Any) -> bool:
    if isinstance(each, Choices):
        return value in each.values
    if isinstance(value, str) or not each.low <= value <= each.high:
        return False
    step = each.step or (1 if each.kind == "int" else None)
    return step is None or _is_whole((value - each.low) / step)


def _is_whole(number: float) -> bool:
    return abs(number - round(number)) < STEP_TOLERANCE


def _distribution(each: Range) -> BaseDistribution:
    if isinstance(each, Choices):
        return CategoricalDistribution(each.values)
    high = each.high if each.step is None else _last_step(each.low, each.high, each.step)
    if each.kind == "int":
        return IntDistribution(int(each.low), int(high), log=each.log, step=int(each.step or 1))
    return FloatDistribution(each.low, high, log=each.log, step=each.step)


def _last_step(low: float, high: float, step: float) -> float:
    """The largest number in steps from `low` that is not above `high`. Optuna warns of another upper bound.

    >>> _last_step(0, 1, 0.3), _last_step(0, 0.3, 0.1), _last_step(1, 10, 4)
    (0.9, 0.3, 9.0)
    """
    return round_significant(low + step * _count_of_steps(low, high, step), EXACT_DIGITS)


def _count_of_steps(low: float, high: float, step: float) -> int:
    return int((high - low) / step + STEP_TOLERANCE)


def _new_values(study: optuna.Study, ranges: Mapping[str, Range], seen: Sequence[Values]) -> Values | None:
    """Values that were not tried before; None if there are none."""
    for _ in range(ATTEMPTS):
        trial = study.ask(distributions_of(ranges))
        values = {path: _rounded(each, trial.params[path]) for path, each in ranges.items()}
        if values not in seen:
            return values
        study.tell(trial, state=TrialState.FAIL)
    # Few combinations are left, and the sampler would find them late.
    return next((values for values in _combinations(ranges) if values not in seen), None)


def _rounded(each: Range, value: Any) -> Any:
    """A number with few digits, inside its range. One in steps has all but those of the last bits."""
    if isinstance(each, NumberRange) and each.kind == "float":
        digits = DIGITS if each.step is None else EXACT_DIGITS
        return min(max(round_significant(value, digits), each.low), each.high)
    return value


def _combinations(ranges: Mapping[str, Range]) -> Iterator[Values]:
    """All combinations in their order, or a first part of very many; none if a range has infinitely many values."""
    if all(_is_finite(each) for each in ranges.values()):
        columns = [list(_all_values(each)) for each in ranges.values()]
        yield from (dict(zip(ranges, values, strict=True)) for values in islice(product(*columns), 100_000))


def _is_finite(each: Range) -> bool:
    return isinstance(each, Choices) or each.kind == "int" or each.step is not None


def _all_values(each: Range) -> Iterator[Any]:
    if isinstance(each, Choices):
        yield from each.values
        return
    step = each.step or 1
    for number in range(_count_of_steps(each.low, each.high, step) + 1):
        value = each.low + number * step
        yield int(value) if each.kind == "int" else _rounded(each, value)


def _seed_of_round(seed: int, number: int) -> int:
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
