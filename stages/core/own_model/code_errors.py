"""Reports an exception in a user's own Python file as one message with the file and line in conf/models."""

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import shorten

from stages.core import paths
from stages.core.errors import UserError

# The files of one dataset are imported as this package.
PACKAGE = "own_model"
MAX_ERROR_LENGTH = 300
_NODE_OF_TENSORFLOW = re.compile(r"\{\{.*?\}\} ?")


@contextmanager
def explain_code_errors(where: str, *always: type[Exception]) -> Iterator[None]:
    """Turn an exception that passed through the user's files into a UserError.

    Exceptions of the types `always` are explained wherever they come from, with `where` as their place.
    `--debug` shows the whole traceback.
    """
    try:
        yield
    except UserError:
        raise
    except (Exception, SystemExit) as error:
        places = code_places(error)
        if not places and not isinstance(error, always):
            raise
        message = _NODE_OF_TENSORFLOW.sub("", f"{type(error).__name__}: {error}")
        reason = shorten(message, MAX_ERROR_LENGTH, placeholder=" ...")
        caller = f" (called in {places[-2]})" if len(places) > 1 else ""
        raise UserError(f"{places[-1] if places else where}: {reason}{caller}") from error


def code_places(error: BaseException) -> list[str]:
    """File and line of each call in the user's files, the innermost last."""
    places = [
        f"{paths.MODEL_FILES / Path(frame.f_code.co_filename).name}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_globals.get("__package__") == PACKAGE
    ]
    inner = error.__cause__ or error.__context__
    return places or (code_places(inner) if inner else [])
