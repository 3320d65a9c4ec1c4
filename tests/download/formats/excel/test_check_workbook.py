"""What is checked before openpyxl opens a file; these tests need no library."""

import pytest

from stages.core.errors import UserError
from stages.download.formats.excel.check_workbook import check_workbook
from stages.download.params.file_params import Limits
from tests.download.sample_files import make_zip, opener

DOCTYPE = '<?xml version="1.0" encoding="{}"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("comment", ["", f"<!--{' ' * 200_000}-->"])
def test_a_document_type_is_found_in_any_encoding_and_after_comments(encoding: str, comment: str) -> None:
    part = DOCTYPE.format(encoding).replace("<!DOCTYPE", f"{comment}<!DOCTYPE").encode(encoding)
    with pytest.raises(UserError, match="declares a document type"):
        check_workbook(opener(make_zip({"xl/workbook.xml": b"<a/>", "xl/sheet1.xml": part})), Limits())


def test_text_that_looks_like_a_document_type_is_none() -> None:
    parts = {"xl/workbook.xml": b"<a><!-- <!DOCTYPE --><![CDATA[<!DOCTYPE a>]]></a>", "xl/media/a.png": b"<!DOCTYPE"}
    check_workbook(opener(make_zip(parts)), Limits())
