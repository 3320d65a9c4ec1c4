"""The names of files in folders and archives of pictures."""

import unicodedata

# Files that programs leave in folders of pictures.
IGNORED_NAMES = {"thumbs.db", "desktop.ini", "__macosx"}


def is_ignored(path: str) -> bool:
    """Whether the file, or a folder in which it lies, is hidden.

    >>> [is_ignored(path) for path in ("cats/1.png", "cats/.DS_Store", "__MACOSX/cats/1.png", "cats/Thumbs.db")]
    [False, True, True, True]
    """
    return any(part.startswith(".") or part.casefold() in IGNORED_NAMES for part in path.split("/"))


def plain_name(name: str) -> str:
    """The name in the form of Unicode that most file systems keep (NFC); Macs may write another one."""
    return unicodedata.normalize("NFC", name)


def with_slashes(path: str) -> str:
    """The relative path without a `./` at its beginning. Programs of Windows write backslashes.

    >>> with_slashes(r".\\cats\\1.png"), with_slashes("cats/1.png")
    ('cats/1.png', 'cats/1.png')
    """
    return path.replace("\\", "/").removeprefix("./")
