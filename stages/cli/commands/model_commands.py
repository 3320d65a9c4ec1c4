"""Commands that use trained models."""

from pathlib import Path
from typing import Annotated

import typer

from stages.cli.commands.command_options import Debug, Key, complete_key, reporting_errors

commands = typer.Typer()


@commands.command()
def predict(
    key: Key,
    rows: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[INPUT]",
            help="A table, a picture, a folder or archive of pictures, texts; - for standard input. Without it, the "
            "next rows of a series, or the rows that evaluate measured.",
        ),
    ] = None,
    row: Annotated[
        list[str] | None,
        typer.Option("--row", metavar="NAME=VALUE...", help="One row instead of INPUT: --row size=5 color=red."),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option("-o", "--out", metavar="OUT", help="A .csv, .jsonl, .json or .parquet; default: standard output."),
    ] = None,
    file_format: Annotated[
        str | None,
        typer.Option("--format", help="The format of standard input and output, such as jsonl; default: csv."),
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Without INPUT: the rows of train, validation or test, as in predictions.csv.")
    ] = None,
    rev: Annotated[
        str | None, typer.Option("--rev", metavar="REV", help="The model of a tag, branch, commit or experiment.")
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave bad rows out and write them to OUT.bad.csv, instead of failing.")
    ] = False,
    pictures: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Where the pictures of a column are; default: the folder of INPUT."),
    ] = None,
    debug: Debug = False,
) -> None:
    """Predict new rows, or the next values of a series, with the model of the last run."""
    with reporting_errors("predict", debug):
        from stages.cli.predict.predict import predict as predict_rows
        from stages.cli.predict.predict_options import parse_options

        predict_rows(parse_options(key, rows or [], row or [], out, file_format, split, rev, skip_bad, pictures))


@commands.command()
def export(
    key: Key,
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="The folder to write.")] = None,
    artifact: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Write no folder; name data/exports/KEY as an artifact in dvc.yaml."),
    ] = None,
    debug: Debug = False,
) -> None:
    """Write a folder with the model that needs nothing of this repository: code, requirements, model card, Dockerfile.

    With --artifact, write an entry of artifacts in dvc.yaml, for `dvc artifacts get`.
    """
    with reporting_errors("export", debug):
        from stages.cli.export.export import export as export_model

        export_model(key, folder, artifact, debug)


@commands.command()
def serve(
    model: Annotated[
        str,
        typer.Argument(
            metavar="KEY|DIR", help="The dataset, or a folder that export wrote.", autocompletion=complete_key
        ),
    ],
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 is all of this machine.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 is any free one.")] = 8000,
    max_body: Annotated[float, typer.Option("--max-body", metavar="MB", help="The largest body of a request.")] = 10,
    max_rows: Annotated[int, typer.Option("--max-rows", help="The most rows of a request.")] = 10_000,
    max_pixels: Annotated[int, typer.Option("--max-pixels", help="The most pixels of a picture.")] = 50_000_000,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", help="The longest time of a request.")] = 30,
    debug: Debug = False,
) -> None:
    """Answer requests over HTTP with predictions, and show a page with a form."""
    with reporting_errors("serve", debug):
        from stages.cli.serve import serve as serve_model
        from stages.inference.serve.options import ServeOptions

        serve_model(
            model, ServeOptions(host, port, body_megabytes=max_body, rows=max_rows, seconds=timeout, pixels=max_pixels)
        )
