"""The exception and the warning that notebooks see."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import ParamSpec, TypeVar

from stages.core.errors import UserError

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Error(Exception):
    """A mistake that a person can remove: the message says what is wrong, where, and what to do."""

    def _render_traceback_(self) -> Sequence[str]:
        """What IPython shows. The calls inside Restage say nothing about the mistake."""
        return [f"restage.{type(self).__name__}: {self}"]


class StaleResultsWarning(UserWarning):
    """The results in the working tree are not those of its parameters and data."""


Error.__module__ = StaleResultsWarning.__module__ = "restage"


def raises_error(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Turns a UserError of the function into an Error, without the calls that led to it."""

    @wraps(function)
    def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except UserError as error:
            raise Error("\n".join(map(_as_in_python, error.messages))) from None

    return call


def _as_in_python(message: str) -> str:
    """The option of the command line is the argument of the same name.

    >>> _as_in_python("--rev v1: its dvc.lock cannot be read")
    'rev v1: its dvc.lock cannot be read'
    """
    return f"rev {message.removeprefix('--rev ')}" if message.startswith("--rev ") else message
