"""Several stages in few words."""

from collections.abc import Collection, Iterable

from stages.core.errors import format_examples


def stages_text(stages: Iterable[str], keys: Collection[str]) -> str:
    """Stages of the same datasets together; `keys` are all datasets.

    >>> stages_text(["guard", "train@iris", "report@iris", "report@wine"], ["iris", "wine"])
    'guard; train of iris; report of every dataset'
    >>> stages_text(["train@iris"], ["iris", "wine"])
    'train@iris'
    """
    names = list(dict.fromkeys(stages))
    if len(names) == 1:
        return names[0]
    singles = [name for name in names if "@" not in name]
    keys_of: dict[str, list[str]] = {}
    for name, _, key in (stage.partition("@") for stage in names if "@" in stage):
        keys_of.setdefault(name, []).append(key)
    names_of: dict[tuple[str, ...], list[str]] = {}
    for name, found in keys_of.items():
        names_of.setdefault(tuple(found), []).append(name)
    parts = [f"{', '.join(names)} of {_keys_text(found, keys)}" for found, names in names_of.items()]
    return "; ".join([", ".join(singles), *parts] if singles else parts)


def _keys_text(found: Collection[str], keys: Collection[str]) -> str:
    if len(found) == len(keys) and len(keys) > 1:
        return "every dataset"
    return format_examples(found)
