"""Commands that compose, run and check the pipeline."""

from typing import Annotated

import typer

from stages.cli.commands.command_options import Debug, Jobs, Keys, On, WithChanges, reporting_errors, unique
from stages.core.errors import UserError, suggest
from stages.core.paths import CONF

commands = typer.Typer()


@commands.command()
def compose(
    suite: Annotated[str | None, typer.Option(help="Choose the suite of this clone, in conf/local.yaml.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if params.yaml is stale.")] = False,
    debug: Debug = False,
) -> None:
    """Check conf/ and write params.yaml from it."""
    with reporting_errors("compose", debug):
        from stages.cli.compose import compose as compose_params

        if suite is not None and check:
            raise UserError("--check writes nothing, but --suite does; use one of them")
        if suite is not None:
            _choose_suite(suite)
        compose_params(check_only=check)


@commands.command()
def run(
    keys: Keys = None,
    jobs: Jobs = None,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop all datasets after a failure.")] = False,
    preload: Annotated[bool, typer.Option(help="Load the libraries once for all stages, not in each stage.")] = True,
    wait: Annotated[bool, typer.Option(help="Wait until another run or dvc command in this clone has ended.")] = True,
    on: On = "local",
    with_changes: WithChanges = False,
    memory: Annotated[
        str | None,
        typer.Option(help="What the run may use, such as 8GB; a stage that needs more than its part is ended."),
    ] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Run and write nothing; say which stages would run.")] = False,
    debug: Debug = False,
) -> None:
    """Compose params.yaml and run the stale stages, several datasets at once."""
    with reporting_errors("run", debug):
        if dry:
            from stages.cli.run.dry_run import dry_run

            dry_run(unique(keys))
            return
        limit = _memory(memory)
        if on == "local":
            from stages.cli.run.nothing_to_run import nothing_to_run

            if nothing_to_run(unique(keys), wait, limit):
                return  # DVC takes a second to import
        from stages.cli.run.run import RunOptions
        from stages.cli.run.run import run as run_stages

        run_stages(RunOptions(unique(keys), jobs, fail_fast, preload, wait, on, with_changes, limit))


@commands.command(name="list")
def list_command(debug: Debug = False) -> None:
    """List the datasets of conf/dataset: the suites that have them, whether they are up to date, headline metrics."""
    with reporting_errors("list", debug):
        from stages.cli.datasets.list_datasets import list_datasets

        list_datasets()


@commands.command()
def verify(
    keys: Keys = None,
    jobs: Jobs = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the temporary clone, to look into it.")] = False,
    on: On = "local",
    debug: Debug = False,
) -> None:
    """Run all stages of HEAD again in a temporary clone and compare every output with dvc.lock."""
    with reporting_errors("verify", debug):
        from stages.cli.verify.verify import verify as verify_outputs

        verify_outputs(unique(keys), jobs, keep, on)


@commands.command()
def lock(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if stages/locked is stale.")] = False,
    debug: Debug = False,
) -> None:
    """Write stages/locked: the part of requirements.lock that the results of each stage depend on."""
    with reporting_errors("lock", debug):
        from stages.cli.lock.lock import check_requirements, write_requirements

        if check:
            check_requirements()
        else:
            write_requirements()


@commands.command()
def merge(debug: Debug = False) -> None:
    """Resolve the conflicts of a merge in dvc.lock, params.yaml, conf/suite and reports."""
    with reporting_errors("merge", debug):
        from stages.cli.merge.merge import merge as merge_generated_files

        merge_generated_files()


@commands.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    debug: Debug = False,
) -> None:
    """Check machine, environment and clone, and name the command that helps; exit with 1 if there is a problem.

    Repairs a dvc.lock or a .dvc/tmp/rwlock that a killed DVC left corrupt, and says so; nothing else is changed.
    """
    from stages.cli.doctor.doctor import doctor as check_everything

    check_everything(as_json, debug)


def _choose_suite(suite: str) -> None:
    from stages.config.choose_suite import choose_suite
    from stages.config.compose_conf import check_conf_exists

    check_conf_exists()
    known = sorted(file.stem for file in (CONF / "suite").glob("*.yaml"))
    if suite not in known:
        raise UserError(f"no suite {suite!r}; {suggest(suite, known)}")
    choose_suite(suite)


def _memory(text: str | None) -> int | None:
    from stages.core.bounded_memory.memory_size import parse_memory

    try:
        return None if text is None else parse_memory(text)
    except ValueError as error:
        raise UserError(f"--memory {error}") from None
