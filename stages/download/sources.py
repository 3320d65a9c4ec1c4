"""Which module answers for which source. Each loads its own library, and only when it is asked."""

from typing import assert_never

from stages.core.raw import Raw
from stages.download.params import Count, File, Http, Line, Matplotlib, Points, Sklearn, Source, TwoTables


def obtain(source: Source) -> Raw:
    match source:
        case Sklearn():
            from stages.download.sklearn_sets import sklearn_set

            return sklearn_set(source.name)
        case Matplotlib():
            from stages.download.matplotlib_sets import matplotlib_set

            return matplotlib_set(source.name)
        case Points() | Count() | Line() | TwoTables():
            from stages.download.formulas import computed

            return computed(source)
        case File():
            from stages.download.files import local, read

            return read(source, local(source.files))
        case Http():
            from stages.download.files import read
            from stages.download.http import cache, fetched
            from stages.download.mirror import mirror

            return read(source, fetched(source, cache(), mirror()))
        case _:
            assert_never(source)
