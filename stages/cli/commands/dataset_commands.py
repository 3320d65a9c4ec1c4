"""Commands that write, change and accept datasets."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from stages.cli.commands.command_options import Debug, Key, Keys, SomeKeys, Yes, complete_key, reporting_errors, unique
from stages.core.errors import UserError

if TYPE_CHECKING:
    from stages.cli.new.read.read_query import NewQuery

commands = typer.Typer()


@commands.command()
def add(keys: SomeKeys, debug: Debug = False) -> None:
    """Take datasets of conf/dataset into the suite of this clone, and compose."""
    with reporting_errors("add", debug):
        from stages.cli.datasets.add import add as add_datasets

        add_datasets(unique(keys))


@commands.command()
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
    with reporting_errors("new", debug):
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


@commands.command()
def remove(
    key: Key,
    keep_conf: Annotated[bool, typer.Option("--keep-conf", help="Keep conf/dataset/KEY.yaml.")] = False,
    yes: Yes = False,
    debug: Debug = False,
) -> None:
    """Remove a dataset from all suites, with its conf, its records in dvc.lock and its results.

    DVC's cache keeps its objects until `restage gc` deletes them.
    """
    with reporting_errors("remove", debug):
        from stages.cli.datasets.remove import remove as remove_dataset

        remove_dataset(key, keep_conf, yes)


@commands.command()
def accept(keys: Keys = None, debug: Debug = False) -> None:
    """Copy the profiles of the current raw data to conf/accepted; validate reports data that drift from them."""
    with reporting_errors("accept", debug):
        from stages.cli.accept import accept as accept_profiles

        accept_profiles(unique(keys))


@commands.command()
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
    with reporting_errors("refresh", debug, failure=2 if check else 1):
        from stages.cli.refresh.refresh import RefreshOptions
        from stages.cli.refresh.refresh import refresh as refresh_data

        refresh_data(RefreshOptions(unique(keys), unique(key_columns), yes, check, as_json))
