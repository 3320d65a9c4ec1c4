"""The pictures of each class, by the names of files in class folders."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from stages.core.errors import ErrorList, format_examples, suggest
from stages.core.pictures.file_names import is_ignored, plain_name

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".tif", ".tiff")


def sort_into_classes(paths: Iterable[str], exclude: Sequence[str] = ()) -> dict[str, list[str]]:
    """The paths of the pictures of each class; classes and paths are in order of the numbers of their characters.

    `paths` are relative to the folder that has the class folders; the path of a folder ends with a slash. Files outside
    class folders belong to no class. A README may lie there, but no picture.

    Raises UserError with everything that is wrong.

    >>> sort_into_classes(["dogs/2.jpg", "cats/10.png", "cats/1.png", "README.txt", "cats/.DS_Store"])
    {'cats': ['cats/1.png', 'cats/10.png'], 'dogs': ['dogs/2.jpg']}
    """
    listed = list(paths)
    visible = [path for path in listed if not is_ignored(path)]
    excluded = set(exclude)
    files = [path for path in visible if not path.endswith("/") and path not in excluded]
    in_class_folders = [path for path in files if path.count("/") == 1]
    errors = ErrorList()
    _check_excluded(exclude, visible, errors)
    _check_depth(files, errors)
    _check_names(in_class_folders, errors)
    classes: dict[str, list[str]] = defaultdict(list)
    for path in sorted(in_class_folders, key=plain_name):
        classes[plain_name(_first_folder(path))].append(path)
    folders = {_first_folder(path) for path in listed if "/" in path and not is_ignored(_first_folder(path))}
    empty = sorted(folders - {_first_folder(path) for path in files if "/" in path})
    errors.check(not empty, f"no picture in the class folder {format_examples(empty)}; remove it, or add pictures")
    errors.check(bool(folders), "no class folders")
    errors.raise_if_any()
    return dict(sorted(classes.items()))


def _first_folder(path: str) -> str:
    return path.split("/")[0]


def _check_excluded(exclude: Sequence[str], paths: Collection[str], errors: ErrorList) -> None:
    known = set(paths)
    for name in exclude:
        if name not in known:
            errors.add(f"format.exclude: no file {name!r}; {suggest(name, sorted(known))}")


def _check_depth(files: Iterable[str], errors: ErrorList) -> None:
    outside = sorted(path for path in files if "/" not in path and path.lower().endswith(PICTURE_SUFFIXES))
    errors.check(
        not outside,
        f"pictures outside class folders: {format_examples(outside)}; move each into the folder of its class",
    )
    deeper = sorted(path for path in files if path.count("/") > 1)
    if deeper:
        errors.add(
            f"files in folders below class folders: {format_examples(deeper)}; if the class folders lie in "
            f"{_first_folder(deeper[0])}, name it by `path`, or in an archive by `member`"
        )


def _check_names(paths: Iterable[str], errors: ErrorList) -> None:
    """File systems that ignore case or the form of Unicode would have one file or folder for similar names."""
    unprintable = sorted(ascii(path) for path in paths if not path.isprintable())
    errors.check(not unprintable, f"names with unprintable characters: {format_examples(unprintable)}; rename them")
    groups: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        groups[plain_name(path).casefold()].add(path)
        groups[plain_name(_first_folder(path)).casefold()].add(_first_folder(path))
    similar = sorted(" and ".join(map(ascii, sorted(group))) for group in groups.values() if len(group) > 1)
    errors.check(
        not similar, f"names that differ only in case or Unicode form: {format_examples(similar)}; rename them"
    )
