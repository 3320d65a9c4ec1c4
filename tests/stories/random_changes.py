"""Random changes that a person makes to a repository of `light_pipeline`, each with what it touches."""

import json
import random
from collections.abc import Callable, Iterable, Mapping

from tests.stories import light_pipeline
from tests.stories.repo import Repo

# Where a value is in conf/dataset/<key>.yaml, and the values that a person tries.
PARAMETERS = {
    "slope": (1, 2, 3),
    "epochs": (5, 6, 7, 8),
    "batch": (4, 6, 8),
    "title": ("A line", "Points", "Some points"),
}
CODE = {"comment": (0, 1, 2), "limit": (5, 6, 7, light_pipeline.LIMIT), "revision": (0, 1, 2)}
# Changes of code that leave outputs as they are, for the present parameters, can be merged by lines.
CODE_WEIGHTS = {"comment": 2, "limit": 4, "revision": 1}
ROWS = (10, 20, 30)
# The stage with the longest entry in dvc.lock is changed most.
STAGE_WEIGHTS = {"download": 1, "validate": 1, "train": 4, "summary": 1}
KINDS = {"parameter": 5, "code": 4, "add": 2, "remove": 2, "accept": 2}

Touched = tuple[str, str]


def change(repo: Repo, rng: random.Random, same_as: Iterable[Touched] = (), kinds: Iterable[str] = KINDS) -> Touched:
    """Make one change; returns a dataset or the code, and which part of it.

    It touches what is in `same_as`, with the same or another value, if that can still be changed here.
    """
    keys = light_pipeline.suite_of(repo)
    repeated = [
        touched for touched in same_as if touched[0] == "code" or (touched[0] in keys) != (touched[1] == "added")
    ]
    if repeated:
        touched = rng.choice(sorted(repeated))
    else:
        kind = _weighted(rng, {kind: KINDS[kind] for kind in kinds if kind != "remove" or len(keys) > 1})
        touched = _choices(kind, keys, rng)
    _make(repo, rng, *touched)
    return touched


def overlaps(one: Iterable[Touched], other: Iterable[Touched]) -> bool:
    """Whether both touch the same: a dataset that is added or removed is touched as a whole."""
    whole = ("added", "removed")
    return any(a == b and (x == y or x in whole or y in whole) for a, x in one for b, y in other)


def _choices(kind: str, keys: list[str], rng: random.Random) -> Touched:
    absent = [key for key in light_pipeline.NAMES if key not in keys]
    if kind == "code":
        return "code", _weighted(rng, STAGE_WEIGHTS)
    if kind == "add" and absent:
        return rng.choice(absent), "added"
    if kind == "remove":
        return rng.choice(keys), "removed"
    return rng.choice(keys), "accepted" if kind == "accept" else rng.choice(list(PARAMETERS))


def _make(repo: Repo, rng: random.Random, subject: str, part: str) -> None:
    makers: dict[str, Callable[[Repo, str], None]] = {
        "added": light_pipeline.add_dataset,
        "removed": light_pipeline.remove_dataset,
        "accepted": lambda repo, key: light_pipeline.accept(repo, key, rng.choice(ROWS)),
    }
    if subject == "code":
        code = json.loads(repo.read(f"code/{part}.json"))
        name = _weighted(rng, CODE_WEIGHTS)
        light_pipeline.write_code(repo, part, code | {name: _other(rng, CODE[name], code[name])})
    elif part in makers:
        makers[part](repo, subject)
    else:
        file = f"conf/dataset/{subject}.yaml"
        [line] = [line for line in repo.read(file).splitlines() if line.startswith(f"  {part}: ")]
        value = _other(rng, PARAMETERS[part], line.partition(": ")[2])
        repo.edit(file, f"{line}\n", f"  {part}: {value}\n")


def _other(rng: random.Random, values: Iterable[object], present: object) -> object:
    return rng.choice([value for value in values if str(value) != str(present)])


def _weighted(rng: random.Random, weights: Mapping[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]
