"""`restage new`: whether the file is a table or holds pictures."""

from stages.cli.new.new import NewOptions, new
from stages.cli.new.pictures.new_pictures import new_pictures
from stages.cli.new.pictures.open_pictures import holds_pictures
from stages.core.errors import UserError


def new_table_or_pictures(options: NewOptions, longer_side: int | None = None) -> None:
    # A query has no file, and the file of another repository is no path on this machine.
    is_path_or_address = options.query is None and options.repo is None
    if is_path_or_address and holds_pictures(options.file):
        new_pictures(options, longer_side)
        return
    if longer_side is not None:
        raise UserError("--size: for pictures in class folders only; leave it out")
    new(options)
