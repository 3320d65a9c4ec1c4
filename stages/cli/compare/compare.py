"""`restage compare`: what differs between two revisions."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from stages.cli.compare.compare_revisions import check_root, compare_revisions
from stages.cli.compare.terminal import terminal_text
from stages.cli.dataset_keys import is_dataset
from stages.cli.pages.check_page_file import check_page_file
from stages.cli.revisions.find_commit import find_commit, revision_exists
from stages.cli.revisions.merge_base import main_branch, merge_base_with_main
from stages.cli.revisions.snapshot import Snapshot, open_snapshot
from stages.core.artefacts.records.record import record_text
from stages.core.errors import UserError


@dataclass(frozen=True)
class CompareOptions:
    """`base` is None for the merge base with the main branch, `head` for the working tree."""

    base: str | None
    head: str | None
    keys: Sequence[str] = ()
    as_json: bool = False
    as_markdown: bool = False
    html: Path | None = None


def compare(options: CompareOptions) -> None:
    if options.html is not None:
        check_page_file(options.html)
    check_revisions_are_no_datasets(options)
    with opened_snapshots(options.base, options.head) as (base, head):
        comparison = compare_revisions(base, head, options.keys)
        if options.html is not None:
            from stages.cli.compare.page.write_page import write_page

            write_page(comparison, base, head, options.html)
            print(f"page: {options.html}", file=sys.stderr)
    if options.as_json:
        print(record_text(comparison), end="")
    elif options.as_markdown:
        from stages.cli.compare.markdown import markdown

        print(markdown(comparison), end="")
    else:
        print(terminal_text(comparison))


def check_revisions_are_no_datasets(options: CompareOptions) -> None:
    """Raises UserError for a key in place of a revision, unless a revision has this name."""
    wrong = [
        name
        for name in (options.base, options.head)
        if name is not None and is_dataset(name) and not revision_exists(name)
    ]
    if wrong:
        raise UserError(*(f"{name} is a dataset: use --key {name}" for name in wrong))


@contextmanager
def opened_snapshots(base: str | None, head: str | None) -> Iterator[tuple[Snapshot, Snapshot]]:
    """Base is by default the last commit that head and the main branch have in common."""
    # Before Git is asked: outside of a repository, no revision is found.
    check_root()
    name = merge_base_with_main("HEAD" if head is None else find_commit(head)) if base is None else base
    with open_snapshot(name) as old, open_snapshot(head) as new:
        yield (replace(old, main_branch=main_branch()) if base is None else old), new
