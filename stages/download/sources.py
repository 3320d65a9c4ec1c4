"""Which module answers for which source. Each loads its own library, and only when it is asked."""

from typing import assert_never

from stages.core.artefacts.raw import RawData
from stages.download.params import Count, File, Http, Line, Matplotlib, Points, Sklearn, Source, TwoTables


def obtain(source: Source) -> RawData:
    match source:
        case Sklearn():
            from stages.download.builtin.sklearn_datasets import sklearn_set

            return sklearn_set(source.name)
        case Matplotlib():
            from stages.download.builtin.matplotlib_datasets import matplotlib_set

            return matplotlib_set(source.name)
        case Points() | Count() | Line() | TwoTables():
            from stages.download.builtin.formulas import computed

            return computed(source)
        case File():
            from stages.download.fetch.local_files import local, read

            return read(source, local(source.files))
        case Http():
            from stages.download.fetch.http import cache, fetched
            from stages.download.fetch.local_files import read
            from stages.download.fetch.mirror import mirror

            return read(source, fetched(source, cache(), mirror()))
        case _:
            assert_never(source)
