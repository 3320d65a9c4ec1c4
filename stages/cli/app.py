"""The commands of `restage`, one function each."""

from pathlib import Path
from typing import Annotated

import typer

import stages
from stages.core.errors import UserError, suggest
from stages.core.paths import CONF, PARAMS
from stages.core.runtime.atomic_write import write_text
from stages.core.runtime.bootstrap import collect_garbage_rarely, pin_linear_algebra
from stages.core.runtime.stage import report_user_errors

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of a mistake.")]


@app.callback()
def restage() -> None:
    """Reproducible DVC pipelines for Keras models on shared data."""


@app.command()
def compose(
    suite: Annotated[str | None, typer.Option(help="Choose this clone's suite, in conf/local.yaml.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if params.yaml is stale.")] = False,
    debug: Debug = False,
) -> None:
    """Write params.yaml from conf/, or say every mistake in it."""
    with report_user_errors("compose", debug):
        _here()
        if suite is not None and check:
            raise UserError("--check writes nothing, but --suite chooses; use one of them")
        if suite is not None:
            _choose(suite)
        _compose(check)


@app.command()
def run(
    keys: Annotated[list[str] | None, typer.Argument(metavar="[KEY]...", help="These datasets; all if none.")] = None,
    jobs: Annotated[int | None, typer.Option("-j", "--jobs", min=1, help="Chains at once; else the cores.")] = None,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="After a failure, stop the other chains.")] = False,
    cold: Annotated[bool, typer.Option("--cold", help="Each stage loads its own libraries.")] = False,
    debug: Debug = False,
) -> None:
    """Compose params.yaml and run what is stale, the datasets' chains side by side."""
    with report_user_errors("run", debug):
        _here()
        _compose(check_only=False)
        _run(list(dict.fromkeys(keys or [])), jobs, fail_fast, cold)


def _run(keys: list[str], jobs: int | None, fail_fast: bool, cold: bool) -> None:
    from stages.cli.run.run import Wish
    from stages.cli.run.run import run as run_stale

    run_stale(Wish(keys, jobs, fail_fast, cold))


@app.command()
def verify(
    keys: Annotated[list[str] | None, typer.Argument(metavar="[KEY]...", help="These datasets; all if none.")] = None,
    jobs: Annotated[int | None, typer.Option("-j", "--jobs", min=1, help="Chains at once; else the cores.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the scratch clone, to look into it.")] = False,
    debug: Debug = False,
) -> None:
    """Run HEAD's chains again from nothing in a scratch clone, and hold every output against dvc.lock."""
    with report_user_errors("verify", debug):
        _here()
        _verify(list(dict.fromkeys(keys or [])), jobs, keep)


def _verify(keys: list[str], jobs: int | None, keep: bool) -> None:
    from stages.cli.verify.verify import VerifyOptions
    from stages.cli.verify.verify import verify as run_again

    run_again(VerifyOptions(keys, jobs, keep))


@app.command()
def accept(
    keys: Annotated[list[str] | None, typer.Argument(metavar="[KEY]...", help="These datasets; all if none.")] = None,
    debug: Debug = False,
) -> None:
    """Keep the profiles of the raw data as they are now in conf/accepted; validate tells what moves away from them."""
    with report_user_errors("accept", debug):
        _here()
        _accept(list(dict.fromkeys(keys or [])))


def _accept(keys: list[str]) -> None:
    from stages.cli.accept import accept as keep

    keep(keys)


@app.command()
def bench(
    case: Annotated[list[str] | None, typer.Option(help="Only this case; may be given several times.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often each side takes its turn.")] = 5,
    quick: Annotated[bool, typer.Option("--quick", help="A few rows and one round, to see that it works.")] = False,
    cold: Annotated[bool, typer.Option("--cold", help="Whole runs too, from the start of the process.")] = False,
    debug: Debug = False,
) -> None:
    """Measure our stages against the tutorials' code, side by side; writes reports/bench."""
    with report_user_errors("bench", debug):
        _here()
        _bench(case or [], rounds, quick, cold)


def _bench(cases: list[str], rounds: int, quick: bool, cold: bool) -> None:
    from benchmarks.__main__ import bench as measured

    measured(cases, rounds, quick, cold)


@app.command()
def lock(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if stages/locked is stale.")] = False,
    debug: Debug = False,
) -> None:
    """Write stages/locked: the part of requirements.lock that each stage's results depend on."""
    with report_user_errors("lock", debug):
        _here()
        _lock(check)


def _lock(check_only: bool) -> None:
    from stages.cli.lock.stage_requirements import check_requirements, write_requirements

    (check_requirements if check_only else write_requirements)()


def _compose(check_only: bool) -> None:
    from stages.config.check_parameters import check
    from stages.config.committed_secrets import check_secrets
    from stages.config.compose import compose as composed_conf
    from stages.config.guard import check_fresh
    from stages.core.params import read_params

    check_secrets()
    composed = composed_conf()
    found = check(composed)
    if check_only:
        check_fresh(read_params(), composed.params)
    elif not PARAMS.is_file() or PARAMS.read_text(encoding="utf-8") != composed.text:
        write_text(PARAMS, composed.text)
    typer.echo(f"{PARAMS}: {len(found.datasets)} datasets ({', '.join(found.datasets)})")


def _choose(suite: str) -> None:
    from stages.config.compose import check_here
    from stages.config.local_config import choose_suite

    check_here()
    known = sorted(f.stem for f in (CONF / "suite").glob("*.yaml"))
    if suite not in known:
        raise UserError(f"no suite {suite!r}; {suggest(suite, known)}")
    choose_suite(suite)


def _here() -> None:
    """A restage installed for one clone must not act on another with its own code."""
    code = Path(stages.__file__).resolve().parent
    if Path("stages").is_dir() and Path("stages").resolve() != code:
        raise UserError("this restage belongs to another clone; here run `python3 -m stages.cli` or `make setup`")


def main() -> None:
    pin_linear_algebra()
    collect_garbage_rarely()
    app()
