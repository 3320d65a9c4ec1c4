"""Without openpyxl, the message says how to install it."""

import sys

import pytest

from stages.core.errors import UserError
from tests.download.sample_files import make_zip, read_table_content


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    content = make_zip({"xl/workbook.xml": b"<a/>"})
    with pytest.raises(UserError, match="`make setup EXTRAS=excel`"):
        read_table_content(content, {"format": "excel"})
