"""Where a raw row is."""

from stages.core.artefacts.raw.raw_data import RawData, split_sizes


def locate_row(raw: RawData, row: int) -> tuple[str, int]:
    """The split of a raw row, and its index in the split; raw rows are numbered through all splits."""
    for split, length in split_sizes(raw).items():
        if row < length:
            return split, row
        row -= length
    raise IndexError("a row past the end of the raw data")
