"""The command line `restage`. The commands are in stages/cli/commands, a file for each subject."""

import typer

from stages.cli.commands import cache_commands, dataset_commands, model_commands, pipeline_commands, team_commands
from stages.core.runtime.bootstrap import collect_garbage_rarely, pin_numpy

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def restage() -> None:
    """Reproducible DVC pipelines for Keras models on shared data."""


for module in (pipeline_commands, dataset_commands, model_commands, cache_commands, team_commands):
    app.add_typer(module.commands)


def main() -> None:
    pin_numpy()
    collect_garbage_rarely()
    app()
