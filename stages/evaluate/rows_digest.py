"""A digest of the rows that a model is measured on."""

import hashlib

from stages.core.artefacts.processed import ProcessedData, sample_blocks
from stages.core.artefacts.row_numbers import as_array


def rows_digest(processed: ProcessedData, split: str) -> str:
    """The same for two datasets if they predict the same columns of the same raw rows of the same source.

    Neither inputs nor scaling are part of it, so that different models and preprocessing can be compared.
    """
    digest = hashlib.blake2b(digest_size=16)
    for name, target in sorted(processed.fitted.targets.items()):
        digest.update(repr((name, target.columns, target.classes)).encode())
    rows = processed.raw_row_numbers(split)
    for block in sample_blocks(len(rows)):
        digest.update(as_array(rows[block]).astype("<i8").tobytes())
    return digest.hexdigest()
