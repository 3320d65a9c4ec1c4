"""The profiles that a person accepted, in conf/accepted/: looked through, and laid out a file for each dataset."""

from collections.abc import Iterable

from stages.core import paths
from stages.core.artefacts.profile import NO_PROFILE, profile_text, read_profile
from stages.core.errors import ErrorList
from stages.core.runtime.atomic_write import write_text
from stages.core.runtime.stage_outputs import StageOutputs


def hand_on(keys: Iterable[str], outputs: StageOutputs) -> None:
    """Each validation depends on its own file alone, so that accepting one profile concerns no other dataset."""
    texts = accepted_texts(keys)
    with outputs.folder(paths.ACCEPTED_COPIES) as folder:
        for key, text in texts.items():
            write_text(folder / paths.accepted_profile_copy(key).name, text)


def accepted_texts(keys: Iterable[str]) -> dict[str, str]:
    """Every mistake in all of them at once."""
    errors, texts = ErrorList(), {}
    for key in keys:
        with errors.collect():
            texts[key] = accepted_text(key)
    errors.raise_if_any()
    return texts


def accepted_text(key: str) -> str:
    """In the layout that validate gives it; an empty object where nothing was accepted yet."""
    file = paths.accepted_profile(key)
    if not file.is_file():
        return NO_PROFILE
    return profile_text(read_profile(file, f"`restage accept {key}` writes it anew"))
