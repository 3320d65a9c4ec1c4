"""The command line of an exported folder: `python -m model COMMAND`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from stages.core.errors import UserError
from stages.inference.model_card import card_texts
from stages.inference.model_folder import OpenedModel, open_model_folder

# The folder that has the package of this code.
EXPORTED_FOLDER = Path(__file__).parents[3]


def main(arguments: Sequence[str] | None = None, folder: Path = EXPORTED_FOLDER) -> int:
    """The exit code: 0, or 1 after messages about a mistake of the user or a failed check; 130 after Ctrl+C."""
    options = _parser().parse_args(arguments)
    try:
        found: int = options.run(options, open_model_folder(folder))
        return found
    except UserError as error:
        for message in error.messages:
            print(f"model: {options.command}: {message}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of the output has ended
        sys.stderr.close()
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model", description="Predict new rows with a trained model.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    predict = commands.add_parser("predict", help="Predict the rows of a file.")
    predict.add_argument("input", nargs="?", metavar="INPUT", help="The file; - is standard input.")
    predict.add_argument("-o", "--output", metavar="OUT", help="The file to write; its name says the format.")
    predict.add_argument("--row", nargs="+", metavar="COLUMN=VALUE", help="One row instead of INPUT.")
    predict.add_argument("--skip-bad", action="store_true", help="Write rows with a mistake to a file of their own.")
    predict.set_defaults(run=_predict)

    check = commands.add_parser("check", help="Compare the model's answers to kept rows with those that were kept.")
    check.set_defaults(run=_check)

    describe = commands.add_parser("describe", help="Say what the model predicts, from which columns, and how well.")
    describe.set_defaults(run=_describe)

    serve = commands.add_parser("serve", help="Answer requests over HTTP.")
    serve.add_argument("--host", default="127.0.0.1", help="The address to listen on; default: %(default)s.")
    serve.add_argument("--port", type=int, default=8000, help="The port; default: %(default)s.")
    serve.set_defaults(run=_serve)
    return parser


def _predict(options: argparse.Namespace, model: OpenedModel) -> int:
    from stages.inference.exported.predict_command import predict_file, predict_row

    if (options.input is None) == (options.row is None):
        raise UserError("name an INPUT, or the values of a row: --row COLUMN=VALUE ...")
    if options.row is not None:
        predict_row(model, options.row)
    else:
        predict_file(model, options.input, options.output, options.skip_bad)
    return 0


def _check(_: argparse.Namespace, model: OpenedModel) -> int:
    """The files themselves were checked when the model was opened."""
    from stages.inference.kept_rows.check_kept_rows import largest_difference

    found = largest_difference(model)
    if found is None:
        print("the files are those of the export; no rows were kept, so that no answers are compared")
        return 0
    kept, difference = found
    if not difference <= kept.tolerance:
        raise UserError(
            f"the answers to {kept.rows} kept rows differ by {difference:.2g}, more than {kept.tolerance:g}; install "
            "the versions of requirements.txt"
        )
    print(f"the answers to {kept.rows} kept rows differ by at most {difference:.2g}; {kept.tolerance:g} is allowed")
    return 0


def _describe(_: argparse.Namespace, model: OpenedModel) -> int:
    from stages.inference.exported.describe_model import description

    print("\n".join(description(model)))
    return 0


def _serve(options: argparse.Namespace, model: OpenedModel) -> int:
    try:
        from stages.inference.serve.create_app import create_app
        from stages.inference.serve.options import ServeOptions
        from stages.inference.serve.run_server import run_server
    except ModuleNotFoundError as error:
        raise UserError(
            f"{error.name} is not installed; `pip install --require-hashes -r requirements-serve.txt` installs what "
            "the server needs"
        ) from None
    limits = ServeOptions(host=options.host, port=options.port)
    limits.check()
    run_server(create_app(model.schema, model.predictor, limits, card_texts(model.card)), limits)
    return 0
