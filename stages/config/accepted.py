"""The profiles that a person accepted, in conf/accepted/: looked through, and laid out a file for each dataset."""

from collections.abc import Iterable

from stages.core import paths
from stages.core.errors import Faults
from stages.core.writing import whole_folder, write_text
from stages.validate.accepted import NOTHING, profile_text, read_profile


def hand_on(keys: Iterable[str]) -> None:
    """Each validation depends on its own file alone, so that accepting one profile concerns no other dataset."""
    texts = accepted_texts(keys)
    with whole_folder(paths.ACCEPTED) as folder:
        for key, text in texts.items():
            write_text(folder / paths.accepted(key).name, text)


def accepted_texts(keys: Iterable[str]) -> dict[str, str]:
    """Every mistake in all of them at once."""
    faults, texts = Faults(), {}
    for key in keys:
        with faults.gathered():
            texts[key] = accepted_text(key)
    faults.stop()
    return texts


def accepted_text(key: str) -> str:
    """In the layout that validate gives it; an empty object where nothing was accepted yet."""
    file = paths.accepted_in_conf(key)
    if not file.is_file():
        return NOTHING
    return profile_text(read_profile(file, f"`restage accept {key}` writes it anew"))
