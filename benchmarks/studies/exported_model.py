"""python -m benchmarks.studies.exported_model KEY [ROUNDS]

Compares the exported folder of a table of numbers with scripts that load the Keras model and call `model.predict`, in
alternation: one row in a new process, one row over HTTP, and the memory of the servers. Run it where `restage run KEY`
has run.
"""

import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter, sleep
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from benchmarks.inference.keras_script import ROWS_OF_A_ROUND
from benchmarks.inference.script_settings import script_settings
from benchmarks.results.number_format import duration, megabytes
from benchmarks.results.ratio_statistics import ratio_of_medians
from benchmarks.start_sides import REPOSITORY, run_module, start_process
from benchmarks.studies.serve_load import peak_megabytes, running_server
from stages.core.errors import UserError
from stages.core.run_stage.stage import report_user_errors
from stages.inference.input_schema import INPUT_SCHEMA_FILE, InputSchema
from stages.inference.model_folder import MODEL_FILES, read_file
from stages.inference.serve.open_api import example_row

MODULE = "benchmarks.studies.exported_model"
SCRIPT = "benchmarks.inference.keras_script"
ROUNDS = 7
START_LIMIT = 300.0
HEADER = "| measured | ratio | quartiles | script | export |\n| --- | --- | --- | --- | --- |"


class Example(NamedTuple):
    """A row with the middle values of the training rows. `settings` is a file, `folder` the export."""

    settings: Path
    folder: Path
    row: Mapping[str, float]
    values: str


def main(key: str, rounds: int) -> None:
    with TemporaryDirectory() as name:
        example = write_example(key, Path(name))
        print(HEADER, flush=True)
        print(compare_new_processes(example, rounds), flush=True)
        for line in compare_servers(example, rounds):
            print(line, flush=True)


def write_example(key: str, folder: Path) -> Example:
    settings = script_settings(key)
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    run_module(key, "stages.export.export_to_folder", key, str(folder / "export"))
    row = example_row(read_file(InputSchema, folder / "export" / MODEL_FILES / INPUT_SCHEMA_FILE))
    values = json.dumps([row[column] for column in settings["columns"]])
    return Example(folder / "settings.json", folder / "export", row, values)


def compare_new_processes(example: Example, rounds: int) -> str:
    """Seconds from the start of a process to its end. The first turn reads and compiles files, and is left out."""
    script = [sys.executable, "-m", SCRIPT, str(example.settings), "row", example.values]
    arguments = [f"{name}={value!r}" for name, value in example.row.items()]
    ours = [sys.executable, "-m", "model", "predict", "--row", *arguments]
    turns = [(seconds_of(script, REPOSITORY), seconds_of(ours, example.folder)) for _ in range(rounds + 1)][1:]
    return table_row("one row in a new process", [theirs for theirs, _ in turns], [export for _, export in turns])


def seconds_of(command: Sequence[str], folder: Path) -> float:
    start = perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if done.returncode:
        raise UserError(f"{' '.join(command)}: ended with code {done.returncode}: {done.stderr.decode()[-500:]}")
    return perf_counter() - start


def compare_servers(example: Example, rounds: int) -> Iterator[str]:
    """Seconds of one request on a connection that stays open, and of one call of `model.predict` without HTTP."""
    serve = [sys.executable, "-m", "stages.cli", "serve", str(example.folder), "--port", "0"]
    with (
        running_server(serve) as (ours, our_process),
        running_script_server(example) as (theirs, their_process),
        start_process("model.predict", SCRIPT, str(example.settings), "rounds", example.values) as loop,
    ):
        loop.read_message()
        measures: dict[str, Callable[[], float]] = {
            "ours": lambda: seconds_of_request(ours, example.row),
            "theirs": lambda: seconds_of_request(theirs, example.row),
            "loop": loop.run_round,
        }
        turns = [{name: measure() for name, measure in measures.items()} for _ in range(rounds + 1)][1:]
        by_name = {name: [turn[name] for turn in turns] for name in measures}
        memory = [peak_megabytes(process) * 1e6 for process in (their_process, our_process)]
    yield table_row("one row over HTTP; the script is `model.predict` in a loop", by_name["loop"], by_name["ours"])
    yield table_row("one row over HTTP; the script is a server of FastAPI", by_name["theirs"], by_name["ours"])
    yield table_row("largest memory of the server", [memory[0]], [memory[1]], lambda size: megabytes(int(size)))


@contextmanager
def running_script_server(example: Example) -> Iterator[tuple[str, int]]:
    """The address and the process id."""
    port = free_port()
    command = [sys.executable, "-m", SCRIPT, str(example.settings), "serve", str(port)]
    with subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for_port(port, process)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_for_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = monotonic() + START_LIMIT
    while monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            sleep(0.1)
        else:
            return
    raise UserError("the server of the script did not start")


def seconds_of_request(address: str, row: Mapping[str, Any]) -> float:
    """The median of a round."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    seconds = []
    for _ in range(ROWS_OF_A_ROUND):
        start = perf_counter()
        connection.request("POST", "/predict", json.dumps(row), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        seconds.append(perf_counter() - start)
        if answer.status != http.client.OK:
            raise UserError(f"{address}: answered {answer.status}: {content.decode()[:500]}")
    connection.close()
    return median(seconds)


def table_row(
    name: str, script: Sequence[float], export: Sequence[float], show: Callable[[float], str] = duration
) -> str:
    """
    >>> table_row("one row", [1.0, 1.0], [0.5, 0.5])
    '| one row | 2.0 | 2.0 to 2.0 | 1 s | 500 ms |'
    """
    ratio = ratio_of_medians(script, export)
    numbers = f"{ratio.median:.1f} | {ratio.low:.1f} to {ratio.high:.1f}"
    return f"| {name} | {numbers} | {show(median(script))} | {show(median(export))} |"


if __name__ == "__main__":
    with report_user_errors(MODULE, debug=False):
        main(sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else ROUNDS)
