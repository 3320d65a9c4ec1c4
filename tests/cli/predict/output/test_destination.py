import io
import sys
from pathlib import Path

import numpy as np
import pytest

from stages.cli.predict.output.destination import TableOrCsv, open_destination
from tests.cli.predict.output.test_text_table import block, classes


def csv_lines(count: int) -> bytes:
    return b"y,y_probability,y_p_no,y_p_yes\n" + b"yes,0.75,0.25,0.75\n" * count


def table_or_csv(*counts: int) -> bytes:
    stream = io.BytesIO()
    with TableOrCsv(stream) as destination:
        for count in counts:
            destination.write(block(count), {"y": classes(*[0.75] * count)})
    return stream.getvalue()


def test_a_few_rows_are_a_table_and_many_are_csv() -> None:
    assert table_or_csv(2).startswith(b"row  y    probability\n")
    assert table_or_csv(21) == csv_lines(21)
    assert table_or_csv(2, 1, 1) == csv_lines(4)


class _Stop(Exception):
    pass


@pytest.mark.parametrize("at_once", [False, True])
def test_standard_output_gets_rows_at_the_end_or_at_once(
    at_once: bool, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    def write_and_fail() -> None:
        with open_destination(None, None, at_once) as destination:
            destination.write(block(1), {"y": classes(0.75)})
            raise _Stop

    with pytest.raises(_Stop):
        write_and_fail()
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == (csv_lines(1) if at_once else b"")


def test_the_format_of_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with open_destination(None, "jsonl", at_once=False) as destination:
        destination.write(block(1), {"y": classes(0.75)})
    assert capfdbinary.readouterr().out == b'{"y": "yes", "y_probability": 0.75, "y_p_no": 0.25, "y_p_yes": 0.75}\n'


def test_a_file(tmp_path: Path) -> None:
    with open_destination(tmp_path / "done.csv", None, at_once=False) as destination:
        destination.write(block(1, id=np.array(["a"]).tolist()), {"y": classes(0.75)})
    assert (tmp_path / "done.csv").read_bytes() == b"id,y,y_probability,y_p_no,y_p_yes\na,yes,0.75,0.25,0.75\n"
