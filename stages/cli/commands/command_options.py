"""Options that several commands have, and how a command reports errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

import stages
from stages.core.errors import UserError
from stages.core.paths import CONF


def complete_key(incomplete: str) -> list[str]:
    """The datasets of conf/dataset, for the completion of the shell."""
    return sorted(file.stem for file in (CONF / "dataset").glob(f"{incomplete}*.yaml"))


Key = Annotated[str, typer.Argument(metavar="KEY", help="The dataset.", autocompletion=complete_key)]
Keys = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KEY]...", help="The datasets; without a key, all.", autocompletion=complete_key),
]
SomeKeys = Annotated[list[str], typer.Argument(metavar="KEY...", help="The datasets.", autocompletion=complete_key)]
Yes = Annotated[bool, typer.Option("--yes", help="Ask nothing; the answer to every question is yes.")]
Jobs = Annotated[
    int | None, typer.Option("-j", "--jobs", min=1, help="How many datasets run at once; default: the usable cores.")
]
On = Annotated[
    str, typer.Option(help="Where it runs: local, dask (workers of this machine), or tcp://SCHEDULER:PORT of Dask.")
]
WithChanges = Annotated[
    bool, typer.Option("--with-changes", help="With --on: files that are not committed go to the workers too.")
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]

RemoteName = Annotated[str | None, typer.Argument(metavar="NAME", help="The remote, after --remote.")]


@contextmanager
def reporting_errors(command: str, debug: bool, failure: int = 1) -> Iterator[None]:
    """A `restage` that was installed from one clone must not run its code in another clone.

    `failure` is the exit code after an error of the user.
    """
    from stages.core.run_stage.stage import report_user_errors  # imports packages, without which doctor has to start

    with report_user_errors(command, debug, failure):
        code = Path(stages.__file__).resolve().parent
        if Path("stages").is_dir() and Path("stages").resolve() != code:
            raise UserError("this restage belongs to another clone; here run `python3 -m stages.cli` or `make setup`")
        yield


def unique(keys: list[str] | None) -> list[str]:
    return list(dict.fromkeys(keys or []))
