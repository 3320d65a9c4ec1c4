"""The commands of `restage`, one function each. A command imports its modules when it runs, so that help is fast."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

import stages
from stages.core.errors import UserError, suggest
from stages.core.paths import CONF
from stages.core.runtime.bootstrap import collect_garbage_rarely, pin_numpy

if TYPE_CHECKING:
    from stages.cli.new.read.read_query import NewQuery

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


def complete_key(incomplete: str) -> list[str]:
    """The datasets of conf/dataset, for the completion of the shell."""
    return sorted(file.stem for file in (CONF / "dataset").glob(f"{incomplete}*.yaml"))


Keys = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KEY]...", help="The datasets; without a key, all.", autocompletion=complete_key),
]
SomeKeys = Annotated[list[str], typer.Argument(metavar="KEY...", help="The datasets.", autocompletion=complete_key)]
Yes = Annotated[bool, typer.Option("--yes", help="Ask nothing; the answer to every question is yes.")]
Jobs = Annotated[
    int | None, typer.Option("-j", "--jobs", min=1, help="How many datasets run at once; default: the usable cores.")
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]

RemoteName = Annotated[str | None, typer.Argument(metavar="NAME", help="The remote, after --remote.")]


@app.callback()
def restage() -> None:
    """Reproducible DVC pipelines for Keras models on shared data."""


@app.command()
def compose(
    suite: Annotated[str | None, typer.Option(help="Choose the suite of this clone, in conf/local.yaml.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if params.yaml is stale.")] = False,
    debug: Debug = False,
) -> None:
    """Check conf/ and write params.yaml from it."""
    with _command("compose", debug):
        from stages.cli.compose import compose as compose_params

        if suite is not None and check:
            raise UserError("--check writes nothing, but --suite does; use one of them")
        if suite is not None:
            _choose_suite(suite)
        compose_params(check_only=check)


@app.command()
def run(
    keys: Keys = None,
    jobs: Jobs = None,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop all datasets after a failure.")] = False,
    preload: Annotated[bool, typer.Option(help="Load the libraries once for all stages, not in each stage.")] = True,
    wait: Annotated[bool, typer.Option(help="Wait until another run or dvc command in this clone has ended.")] = True,
    dry: Annotated[bool, typer.Option("--dry", help="Run and write nothing; say which stages would run.")] = False,
    debug: Debug = False,
) -> None:
    """Compose params.yaml and run the stale stages, several datasets at once."""
    with _command("run", debug):
        if dry:
            from stages.cli.run.dry_run import dry_run

            dry_run(_unique(keys))
            return
        from stages.cli.run.run import RunOptions
        from stages.cli.run.run import run as run_stages

        run_stages(RunOptions(_unique(keys), jobs, fail_fast, preload, wait))


@app.command(name="list")
def list_command(debug: Debug = False) -> None:
    """List the datasets of conf/dataset: the suites that have them, whether they are up to date, headline metrics."""
    with _command("list", debug):
        from stages.cli.datasets.list_datasets import list_datasets

        list_datasets()


@app.command()
def add(keys: SomeKeys, debug: Debug = False) -> None:
    """Take datasets of conf/dataset into the suite of this clone, and compose."""
    with _command("add", debug):
        from stages.cli.datasets.add import add as add_datasets

        add_datasets(_unique(keys))


@app.command()
def new(
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE",
            help="A table (CSV, Parquet, JSON lines, Excel), or a folder or archive of pictures, or an address.",
        ),
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option("--target", metavar="COLUMN", help="The column to predict; may be repeated.")
    ] = None,
    key: Annotated[str | None, typer.Option(help="The name of the dataset; default: that of the file.")] = None,
    time: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The times of a series, whose next value is predicted.")
    ] = None,
    text: Annotated[str | None, typer.Option(metavar="COLUMN", help="A column of whole texts.")] = None,
    test: Annotated[str | None, typer.Option(metavar="FILE", help="The rows or pictures of the test split.")] = None,
    size: Annotated[int | None, typer.Option(help="The longer side of pictures, in pixels.")] = None,
    group: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Rows with the same value stay in one split.")
    ] = None,
    sql: Annotated[
        str | None, typer.Option(metavar="QUERY", help="A query instead of FILE: one SELECT with ORDER BY.")
    ] = None,
    url_env: Annotated[
        str | None, typer.Option(metavar="VARIABLE", help="With --sql: the environment variable with the address.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(metavar="NAME", help="The sheet of an Excel workbook.")] = None,
    repo: Annotated[
        str | None, typer.Option(metavar="REPO", help="FILE is a path in this repository, tracked by DVC or git.")
    ] = None,
    rev: Annotated[str | None, typer.Option(metavar="REV", help="With --repo: a commit, a tag or a branch.")] = None,
    base: Annotated[
        str | None,
        typer.Option("--from", metavar="KEY", help="A dataset instead of FILE.", autocompletion=complete_key),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="The kind of model, or a function in conf/models, as in mine.py:build."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; print what would be written.")] = False,
    yes: Yes = False,
    copy: Annotated[
        bool | None,
        typer.Option("--copy/--by-path", help="Copy the data to data/, tracked by DVC, or name their path."),
    ] = None,
    debug: Debug = False,
) -> None:
    """Look at a table or at pictures, and write a dataset of conf/dataset for it; check it and add it to the suite.

    With --from, write a copy of a dataset with another model, that of --model.
    """
    with _command("new", debug):
        if [base, file, sql].count(None) != 2 or (base is not None and model is None):
            raise UserError("name a FILE, or a query: --sql QUERY, or a dataset and a model: --from KEY --model MODEL")
        if base is not None and model is not None:
            for_files = {"target": target, "time": time, "text": text, "test": test, "group": group, "size": size}
            for_files |= {"url-env": url_env, "sheet": sheet, "repo": repo, "rev": rev}
            if given := [f"--{name}" for name, value in for_files.items() if value]:
                raise UserError(f"{', '.join(given)}: for a FILE, not for --from; leave it out")
            from stages.cli.new.variant import new_variant

            new_variant(base, model, key, dry_run)
            return
        from stages.cli.new.new import NewOptions
        from stages.cli.new.new_table_or_pictures import new_table_or_pictures

        storage: Literal["copy", "path"] | None = None if copy is None else "copy" if copy else "path"
        only_files = {"--test": test, "--sheet": sheet, "--repo": repo, "--rev": rev, "--copy or --by-path": copy}
        new_table_or_pictures(
            NewOptions(
                file or "",
                target or [],
                key=key,
                time=time,
                text=text,
                test=test,
                group=group,
                model=model,
                sheet=sheet,
                repo=repo,
                rev=rev,
                dry_run=dry_run,
                yes=yes,
                storage=storage,
                query=_new_query(sql, url_env, only_files),
            ),
            size,
        )


def _new_query(sql: str | None, url_env: str | None, only_files: Mapping[str, object]) -> "NewQuery | None":
    """The query of `restage new`. Raises UserError if options of a file or of a query are given to the other one."""
    if (sql is None) != (url_env is None):
        raise UserError("--sql and --url-env belong together: a query, and the environment variable with the address")
    if sql is None or url_env is None:
        return None
    if given := [name for name, value in only_files.items() if value is not None]:
        raise UserError(f"{', '.join(given)}: for a FILE, not for --sql; leave it out")
    from stages.cli.new.read.read_query import NewQuery

    return NewQuery(sql, url_env)


@app.command()
def remove(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The dataset.", autocompletion=complete_key)],
    keep_conf: Annotated[bool, typer.Option("--keep-conf", help="Keep conf/dataset/KEY.yaml.")] = False,
    yes: Yes = False,
    debug: Debug = False,
) -> None:
    """Remove a dataset from all suites, with its conf, its records in dvc.lock and its results.

    DVC's cache keeps its objects until `restage gc` deletes them.
    """
    with _command("remove", debug):
        from stages.cli.datasets.remove import remove as remove_dataset

        remove_dataset(key, keep_conf, yes)


@app.command()
def verify(
    keys: Keys = None,
    jobs: Jobs = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the temporary clone, to look into it.")] = False,
    debug: Debug = False,
) -> None:
    """Run all stages of HEAD again in a temporary clone and compare every output with dvc.lock."""
    with _command("verify", debug):
        from stages.cli.verify.verify import verify as verify_outputs

        verify_outputs(_unique(keys), jobs, keep)


@app.command()
def accept(keys: Keys = None, debug: Debug = False) -> None:
    """Copy the profiles of the current raw data to conf/accepted; validate reports data that drift from them."""
    with _command("accept", debug):
        from stages.cli.accept import accept as accept_profiles

        accept_profiles(_unique(keys))


@app.command()
def refresh(
    keys: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY]...",
            help="The dataset; with --check, several or none, which is all.",
            autocompletion=complete_key,
        ),
    ] = None,
    key_columns: Annotated[
        list[str] | None,
        typer.Option("--key", metavar="COLUMN", help="A column that identifies a row; may be repeated."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 if a source changed, with 2 if one fails.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what changed as JSON, and write nothing.")] = False,
    yes: Yes = False,
    debug: Debug = False,
) -> None:
    """Read the source of a dataset again, show what changed in its data, and pin the new data in conf/.

    --check looks at several datasets, or at all.
    """
    with _command("refresh", debug, failure=2 if check else 1):
        from stages.cli.refresh.refresh import RefreshOptions
        from stages.cli.refresh.refresh import refresh as refresh_data

        refresh_data(RefreshOptions(_unique(keys), _unique(key_columns), yes, check, as_json))


@app.command()
def lock(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if stages/locked is stale.")] = False,
    debug: Debug = False,
) -> None:
    """Write stages/locked: the part of requirements.lock that the results of each stage depend on."""
    with _command("lock", debug):
        from stages.cli.lock.stage_requirements import check_requirements, write_requirements

        if check:
            check_requirements()
        else:
            write_requirements()


@app.command()
def merge(debug: Debug = False) -> None:
    """Resolve the conflicts of a merge in dvc.lock, params.yaml, conf/suite and reports."""
    with _command("merge", debug):
        from stages.cli.merge.merge import merge as merge_generated_files

        merge_generated_files()


@app.command()
def fsck(
    name: RemoteName = None,
    remote: Annotated[bool, typer.Option("--remote", help="Also check the remote NAME, or the default one.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Repair nothing; fail if something is damaged.")] = False,
    debug: Debug = False,
) -> None:
    """Check the bytes of DVC's cache, and of a remote; repair each from the other."""
    with _command("fsck", debug):
        from stages.cli.cache.fsck.fsck import FsckOptions
        from stages.cli.cache.fsck.fsck import fsck as check_objects

        check_objects(FsckOptions(remote, name, check))


@app.command()
def gc(
    name: RemoteName = None,
    remote: Annotated[
        bool, typer.Option("--remote", help="The remote NAME, or the default one; not the cache.")
    ] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Delete it. On a remote, NAME is required.")] = False,
    shared: Annotated[bool, typer.Option("--shared", help="Delete in a cache that other clones may use.")] = False,
    debug: Debug = False,
) -> None:
    """List what no branch, tag, experiment, stash or work tree needs in DVC's cache, or delete it."""
    with _command("gc", debug):
        from stages.cli.cache.gc.gc import GcOptions
        from stages.cli.cache.gc.gc import gc as collect_garbage

        collect_garbage(GcOptions(remote, name, delete, shared))


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    debug: Debug = False,
) -> None:
    """Check machine, environment and clone, and name the command that helps; exit with 1 if there is a problem.

    Repairs a dvc.lock or a .dvc/tmp/rwlock that a killed DVC left corrupt, and says so; nothing else is changed.
    """
    from stages.cli.doctor.doctor import doctor as check_everything

    check_everything(as_json, debug)


@contextmanager
def _command(name: str, debug: bool, failure: int = 1) -> Iterator[None]:
    """A `restage` that was installed from one clone must not run its code in another clone.

    `failure` is the exit code after an error of the user.
    """
    from stages.core.runtime.stage import report_user_errors  # imports packages, without which doctor has to start

    with report_user_errors(name, debug, failure):
        code = Path(stages.__file__).resolve().parent
        if Path("stages").is_dir() and Path("stages").resolve() != code:
            raise UserError("this restage belongs to another clone; here run `python3 -m stages.cli` or `make setup`")
        yield


def _unique(keys: list[str] | None) -> list[str]:
    return list(dict.fromkeys(keys or []))


def _choose_suite(suite: str) -> None:
    from stages.config.choose_suite import choose_suite
    from stages.config.compose_conf import check_conf_exists

    check_conf_exists()
    known = sorted(file.stem for file in (CONF / "suite").glob("*.yaml"))
    if suite not in known:
        raise UserError(f"no suite {suite!r}; {suggest(suite, known)}")
    choose_suite(suite)


def main() -> None:
    pin_numpy()
    collect_garbage_rarely()
    app()
