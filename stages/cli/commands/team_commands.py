"""Commands for those who share a repository: what would run and why, and what differs between commits."""

from typing import Annotated

import typer

from stages.cli.commands.command_options import Debug, Keys, reporting_errors, unique

commands = typer.Typer()


@commands.command()
def explain(
    keys: Keys = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all stages and reasons as JSON.")] = False,
    debug: Debug = False,
) -> None:
    """Say why each stage would run: changed parameters, code, files, versions, outputs. Nothing is run or written."""
    with reporting_errors("explain", debug):
        from stages.cli.explain.explain import explain as explain_runs

        explain_runs(unique(keys), as_json)
