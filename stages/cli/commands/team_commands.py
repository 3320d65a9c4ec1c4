"""Commands for those who share a repository: why a stage runs, and what a change does to the results."""

from pathlib import Path
from typing import Annotated

import typer

from stages.cli.commands.command_options import (
    Debug,
    Key,
    Keys,
    On,
    WithChanges,
    complete_key,
    reporting_errors,
    unique,
)
from stages.core.errors import UserError

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


@commands.command()
def compare(
    base: Annotated[
        str | None,
        typer.Argument(
            metavar="[BASE]",
            help="A tag, branch, commit or experiment; default: the last commit in common with the main branch.",
        ),
    ] = None,
    head: Annotated[
        str | None, typer.Argument(metavar="[HEAD]", help="What is compared with it; default: the working tree.")
    ] = None,
    keys: Annotated[
        list[str] | None,
        typer.Option("--key", metavar="KEY", help="The dataset; may be repeated.", autocompletion=complete_key),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON.")] = False,
    as_markdown: Annotated[
        bool, typer.Option("--md", help="Print it as Markdown, for a comment on a pull request.")
    ] = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write it as a page.")] = None,
    debug: Debug = False,
) -> None:
    """Compare the results of two revisions: which metrics differ by more than noise, and what else differs."""
    with reporting_errors("compare", debug):
        if as_json and as_markdown:
            raise UserError("--json and --md: use one of them")
        from stages.cli.compare.compare import CompareOptions
        from stages.cli.compare.compare import compare as compare_results

        compare_results(CompareOptions(base, head, unique(keys), as_json, as_markdown, html))


@commands.command()
def tune(
    key: Key,
    trials: Annotated[int, typer.Option(min=1, metavar="N", help="How many trainings, with those of earlier runs.")],
    minutes: Annotated[
        float | None, typer.Option(min=0, metavar="M", help="Start no training after so many minutes.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "-j", "--jobs", min=1, help="How many trainings at once, up to 8; default: cores / train.threads."
        ),
    ] = None,
    on: On = "local",
    with_changes: WithChanges = False,
    seed: Annotated[int, typer.Option(min=0, help="Another seed tries other values.")] = 0,
    apply: Annotated[bool, typer.Option("--apply", help="Write the best values into conf/.")] = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="The page; default: reports/tune/KEY.html.")] = None,
    debug: Debug = False,
) -> None:
    """Search the parameters in conf/tune/KEY.yaml that are best on the validation rows. The same command goes on."""
    with reporting_errors("tune", debug):
        try:
            from stages.cli.tune.tune import TuneOptions
            from stages.cli.tune.tune import tune as search_parameters
        except ModuleNotFoundError as error:
            raise UserError(f"{error.name} is not installed; `make setup EXTRAS=tune` installs it") from None

        search_parameters(TuneOptions(key, trials, minutes, jobs, seed, apply, html, on, with_changes))


@commands.command()
def check(
    keys: Keys = None,
    base: Annotated[
        str | None,
        typer.Option(
            metavar="REV",
            help="The revision of no_worse_than_base; default: the last commit in common with the main branch.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the gates and their results as JSON.")] = False,
    debug: Debug = False,
) -> None:
    """Check the results by the gates of their datasets, evaluate.gate in conf/; exit with 1 if one fails."""
    with reporting_errors("check", debug):
        from stages.cli.check.check import check as check_gates

        check_gates(unique(keys), base, as_json)
