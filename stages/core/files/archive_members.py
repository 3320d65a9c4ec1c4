"""What the members of a zip or tar archive must be, since it may come from anywhere."""

import re
import stat
import zipfile

from stages.core.errors import UserError

COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED_FLAG = 0x1
DRIVE = re.compile(r"[A-Za-z]:")


def check_member_path(name: str) -> None:
    """Raise UserError for a path that leaves the archive."""
    parts = name.replace("\\", "/").split("/")
    if parts[0] == "" or DRIVE.match(name) or ".." in parts:
        raise UserError(f"member {name!r} has a path outside the archive; nothing was read")


def check_member_type(name: str, is_file: bool, is_folder: bool) -> None:
    if not is_file and not is_folder:
        raise UserError(f"member {name!r} is a link, a device or another special file; nothing was read")


def is_folder_of_zip(member: zipfile.ZipInfo) -> bool:
    """Whether the member is a folder. Raises UserError if it is neither a folder nor a file that can be read."""
    file_type = stat.S_IFMT(member.external_attr >> 16)
    check_member_type(member.filename, file_type in (0, stat.S_IFREG), file_type == stat.S_IFDIR)
    if member.flag_bits & ENCRYPTED_FLAG:
        raise UserError(f"member {member.filename!r} is encrypted")
    if member.compress_type not in COMPRESSIONS:
        raise UserError(f"member {member.filename!r} is compressed with another method than deflate")
    return member.filename.endswith("/") or file_type == stat.S_IFDIR
