"""Files that programs leave in folders of pictures."""

IGNORED_NAMES = {"thumbs.db", "desktop.ini", "__macosx"}


def is_ignored(path: str) -> bool:
    """Whether the file, or a folder in which it lies, is hidden.

    >>> [is_ignored(path) for path in ("cats/1.png", "cats/.DS_Store", "__MACOSX/cats/1.png", "cats/Thumbs.db")]
    [False, True, True, True]
    """
    return any(part.startswith(".") or part.casefold() in IGNORED_NAMES for part in path.split("/"))
