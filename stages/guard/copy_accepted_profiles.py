"""Copies accepted profiles from conf/accepted/, one file for each dataset of the suite.

Each validate stage depends on the copy for its own dataset, so that accepting a profile reruns no other dataset.
"""

from collections.abc import Iterable

from stages.core import paths
from stages.core.artefacts.profile import NO_PROFILE, profile_text, read_profile
from stages.core.errors import ErrorList
from stages.core.runtime.atomic_write import write_text
from stages.core.runtime.stage_outputs import StageOutputs


def copy_accepted_profiles(keys: Iterable[str], outputs: StageOutputs) -> None:
    texts = accepted_texts(keys)
    with outputs.folder(paths.ACCEPTED_COPIES) as folder:
        for key, text in texts.items():
            write_text(folder / paths.accepted_profile_copy(key).name, text)


def accepted_texts(keys: Iterable[str]) -> dict[str, str]:
    """The text of each dataset's copy. Raises UserError with all errors in all profiles."""
    errors, texts = ErrorList(), {}
    for key in keys:
        with errors.collect():
            texts[key] = accepted_text(key)
    errors.raise_if_any()
    return texts


def accepted_text(key: str) -> str:
    """The accepted profile in the layout that validate writes; an empty object if none was accepted."""
    file = paths.accepted_profile(key)
    if not file.is_file():
        return NO_PROFILE
    return profile_text(read_profile(file, f"`restage accept {key}` writes it anew"))
