"""Which packages have another version in a file of stages/locked."""

from stages.cli.explain.explanation import ValueChange


def changed_versions(old: str, new: str) -> list[ValueChange]:
    """
    >>> [(c.name, c.old, c.new) for c in changed_versions("a==1\\nkeras==3.15.1\\n", "keras==3.15.2\\nb==2\\n")]
    [('a', '1', None), ('b', None, '2'), ('keras', '3.15.1', '3.15.2')]
    """
    before, after = _versions(old), _versions(new)
    return [
        ValueChange(
            name=name, old=before.get(name), new=after.get(name), old_set=name in before, new_set=name in after
        )
        for name in sorted(before | after)
        if before.get(name) != after.get(name)
    ]  # fmt: skip


def _versions(text: str) -> dict[str, str]:
    """The version of each package, with the condition after it; a package may have a line for each of several systems.

    >>> _versions("a==1 ; sys_platform == 'linux'\\na==2 ; sys_platform == 'darwin'\\n")
    {'a': "1 ; sys_platform == 'linux', 2 ; sys_platform == 'darwin'"}
    """
    lines = (line.partition("==") for line in text.splitlines() if line.strip() and not line.startswith("#"))
    found: dict[str, str] = {}
    for name, _, version in lines:
        found[name] = f"{found[name]}, {version.strip()}" if name in found else version.strip()
    return found
