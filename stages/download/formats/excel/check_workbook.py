"""Checks of a workbook before openpyxl opens it: another kind of file, too much in it, and entities in its XML."""

import stat
import struct
import zipfile
from pyexpat import ExpatError, ParserCreate
from typing import IO

from stages.core.errors import UserError
from stages.download.formats.read_untrusted_files import ZIP_SIGNATURE, OpenFile, explain_damage, first_bytes
from stages.download.params.file_params import Limits

# Of .xls, and of an .xlsx with a password.
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0"
WORKBOOK, BINARY_WORKBOOK, OPEN_DOCUMENT = "xl/workbook.xml", "xl/workbook.bin", "content.xml"
XML_SUFFIXES = (".xml", ".rels", ".vml")
BLOCK = 1 << 16


def check_workbook(open_file: OpenFile, limits: Limits) -> None:
    """Raises UserError unless the file is a workbook that can be read within `limits`.

    The sizes that a zip file declares are the most that Python's zipfile reads.
    """
    start = first_bytes(open_file)
    if start.startswith(OLE_SIGNATURE):
        raise UserError("an .xls workbook, or one with a password; save it as .xlsx without a password")
    if not start.startswith(ZIP_SIGNATURE):
        raise UserError(f"not an Excel workbook; it begins with {start!r}")
    damage = (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, RuntimeError, ExpatError)
    with open_file() as file, explain_damage("an Excel workbook", *damage), zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        _check_kind({member.filename for member in members})
        if len(members) > limits.members:
            raise UserError(f"holds {len(members):,} parts; limits.members allows {limits.members:,}")
        size = sum(member.file_size for member in members)
        if size > limits.bytes:
            raise UserError(f"holds {size:,} bytes when unpacked; limits.bytes allows {limits.bytes:,}")
        for member in members:
            if member.filename.endswith(XML_SUFFIXES) and not stat.S_ISDIR(member.external_attr >> 16):
                with archive.open(member) as part:
                    _check_entities(part, member.filename)


def _check_kind(names: set[str]) -> None:
    if BINARY_WORKBOOK in names:
        raise UserError("an .xlsb workbook; save it as .xlsx")
    if WORKBOOK not in names:
        kind = "an OpenDocument file" if OPEN_DOCUMENT in names else "a zip file without a workbook"
        raise UserError(f"{kind}, not an Excel workbook; save it as .xlsx")


def _check_entities(part: IO[bytes], name: str) -> None:
    """Entities can make gigabytes of a few lines. They are declared before the first element, so no more is parsed."""
    parser = ParserCreate()
    begun: list[str] = []

    def refuse(*_: object) -> None:
        raise UserError(f"{name} declares a document type, which workbooks do not have; nothing was read")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda element, _: begun.append(element)
    while not begun and (block := part.read(BLOCK)):
        parser.Parse(block)
