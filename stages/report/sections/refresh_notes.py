"""How the test rows differ from those of the data before the last `restage refresh`."""

from collections.abc import Iterator

from stages.core.artefacts.processed import TEST
from stages.core.artefacts.records.refreshed import RefreshRecord, RowChanges


def refresh_notes(record: RefreshRecord | None) -> Iterator[str]:
    """One sentence; none if the present data were not pinned by a refresh, or if there is no test split."""
    if record is not None and (test := record.splits.get(TEST)) is not None:
        yield f"Compared with the data before the last refresh: {describe_test_rows(test)}"


def describe_test_rows(test: RowChanges) -> str:
    """
    >>> describe_test_rows(RowChanges(before=20, now=20, same=20, changed=0, gone=0, added=0))
    'the test split has the same 20 rows, so that metrics can be compared.'
    >>> describe_test_rows(RowChanges(before=7, now=8, same=4, changed=1, gone=2, added=3))
    '8 test rows, of which 4 are as before, 3 new, 1 with other values, 0 from another split; of the old ones 2 gone.'
    """
    if test.same == test.before == test.now:
        return f"the test split has the same {test.now:,} rows, so that metrics can be compared."
    moved_out = f", {test.moved_out:,} in another split" if test.moved_out else ""
    return (
        f"{test.now:,} test rows, of which {test.same:,} are as before, {test.added:,} new, {test.changed:,} with "
        f"other values, {test.moved_in:,} from another split; of the old ones {test.gone:,} gone{moved_out}."
    )
