"""Checks the file that a page is written to, before anything is computed."""

from pathlib import Path

from stages.core.errors import UserError


def check_page_file(path: Path) -> None:
    """Raise UserError for a folder, which would be lost, and for a name that is probably meant for something else.

    A folder is not made for it: its name can be mistyped.
    """
    if path.is_dir():
        raise UserError(f"--html {path}: is a folder; name a file, such as {path / 'page.html'}")
    if not path.parent.is_dir():
        raise UserError(f"--html {path}: there is no folder {path.parent}; make it first")
    if path.suffix != ".html":
        raise UserError(f"--html {path}: name a file that ends in .html, such as {path.name}.html")
