from io import BytesIO
from pathlib import Path

import matplotlib
import pytest
import sklearn

from stages.download.formats.sniff_csv import sniff_csv
from stages.download.params.csv_params import Csv
from tests.download.formats.csv_dialects import DIALECTS, DialectCase
from tests.download.sample_files import error_message, opener, read_table_content

DEFAULTS = Csv(format="csv").model_dump()
SAMPLE_FILES = sorted(
    [
        *(Path(matplotlib.get_data_path()) / "sample_data").glob("*.csv"),
        *(Path(sklearn.__file__).parent / "datasets" / "data").glob("*.csv"),
    ]
)


def sniffed(content: bytes) -> dict[str, object]:
    """The parameters that differ from the default ones."""
    params = sniff_csv(opener(content)).model_dump()
    return {name: value for name, value in params.items() if value != DEFAULTS[name]}


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in DIALECTS])
def test_the_dialect_of_a_file_is_found(case: DialectCase) -> None:
    assert sniffed(case.data) == case.csv


def test_a_damaged_line_does_not_hide_the_dialect() -> None:
    """As in a file with a line about its source at the end. Reading it names the line."""
    content = b"Month,Sales\n" + b"1-01,266.0\n" * 30 + b"Sales over three years\n"
    assert sniffed(content) == {}
    assert "line 32 has 1" in error_message(read_table_content, content, {"format": "csv"})


def test_separators_at_the_end_of_lines_do_not_hide_the_header() -> None:
    content = b"a;b;;\n1,5;x;;\n2;y;;\n"
    assert sniffed(content) == {"separator": ";", "decimal": ","}
    csv = {"format": "csv", "separator": ";", "decimal": ","}
    assert "column 3 has no name; list the others in columns" in error_message(read_table_content, content, csv)
    assert read_table_content(content, csv, columns=["a", "b"])["a"].tolist() == [1.5, 2]


@pytest.mark.parametrize("path", SAMPLE_FILES, ids=lambda path: path.name)
def test_files_of_libraries_are_read_with_the_proposed_parameters(path: Path) -> None:
    content = path.read_bytes()
    params = sniff_csv(opener(content)).model_dump()
    frame = read_table_content(content, params, **({} if params["header"] else {"columns": params["names"]}))
    assert frame.shape[0] > 2


def test_a_name_that_is_also_a_value_of_its_column() -> None:
    """The column airbag has the value airbag. That seats has numbers alone shows that the first line has names."""
    found = sniff_csv(lambda: BytesIO(b"airbag,seats\nnone,5\nairbag,2\nairbag,4\n"))
    assert (found.header, found.names) == (True, None)
    texts = sniff_csv(lambda: BytesIO(b"airbag,front\nnone,back\nairbag,front\nairbag,back\n"))
    assert texts.header is False
    gap_in_the_first_row = sniff_csv(lambda: BytesIO(b"none,?\nairbag,5\nnone,2\nairbag,4\n"))
    assert gap_in_the_first_row.header is False
