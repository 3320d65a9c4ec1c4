"""`restage new`: whether the file is a table or holds pictures."""

from stages.cli.new.new import NewOptions, new
from stages.cli.new.pictures.new_pictures import new_pictures
from stages.cli.new.pictures.picture_source import holds_pictures
from stages.cli.new.read.chosen_repository import chosen_repository
from stages.core.errors import UserError


def new_table_or_pictures(options: NewOptions, longer_side: int | None = None) -> None:
    repository = chosen_repository(options.repo, options.rev)
    if options.query is None and holds_pictures(options.file, repository):
        new_pictures(options, longer_side)
        return
    if longer_side is not None:
        raise UserError("--size: for pictures in class folders only; leave it out")
    new(options)
