"""Everything is written beside its target and renamed, and is the same bytes for the same content."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

INCOMPLETE = ".incomplete"


def _beside(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return target.with_name(target.name + INCOMPLETE)


def remove(path: Path) -> None:
    """A file or a whole folder, present or not."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A folder that is there when all of it is, and not before.

    Renaming is atomic; removing the old folder is not, so between the two there is a moment with neither.
    """
    draft = _beside(target)
    remove(draft)
    draft.mkdir()
    try:
        yield draft
    except BaseException:
        remove(draft)
        raise
    remove(target)
    draft.rename(target)


def write_text(target: Path, text: str) -> None:
    draft = _beside(target)
    draft.write_text(text, encoding="utf-8", newline="\n")
    draft.replace(target)


def json_text(content: Mapping[str, object]) -> str:
    """Sorted keys, shortest float text; a NaN is a fault of ours and refused.

    >>> print(json_text({"b": 1, "a": 0.1}), end="")
    {
      "a": 0.1,
      "b": 1
    }
    """
    return json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_json(target: Path, content: Mapping[str, object]) -> None:
    write_text(target, json_text(content))


def significant(value: float, digits: int = 6) -> float:
    """Rounded to what a reader can use, so that a committed metric does not flicker in its last bits.

    >>> significant(0.123456789), significant(1234567.8), significant(0.0)
    (0.123457, 1234570.0, 0.0)
    """
    return float(f"{value:.{digits}g}")
