"""The kind of values that a column holds."""

import pandas as pd

_KINDS = {
    "string": "text",
    "integer": "number",
    "floating": "number",
    "mixed-integer-float": "number",
    "decimal": "number",
    "datetime64": "time",
    "datetime": "time",
    "date": "time",
}


def value_kind(column: pd.Series) -> str:
    """text, number, boolean or time; another name of pandas for anything else, and "" if there are no values.

    >>> value_kind(pd.Series(["a", None])), value_kind(pd.Series([1, 2])), value_kind(pd.Series([None, None]))
    ('text', 'number', '')
    """
    values = column.dropna()
    if not len(values):
        return ""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return value_kind(pd.Series(values.cat.categories))
    inferred = str(pd.api.types.infer_dtype(values))
    return _KINDS.get(inferred, inferred)
