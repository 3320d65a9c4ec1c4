"""The columns of texts of a table, each an array of its own."""

from collections.abc import Mapping

from stages.core.artefacts.row_numbers import RowNumbers, take_rows
from stages.core.columns.column_params import TextParams
from stages.core.columns.features.coded_values import ColumnValues
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.texts.multi_hot_text import MultiHotText
from stages.core.columns.texts.text_ids import TextIds
from stages.core.columns.texts.tf_idf_text import TfIdfText
from stages.core.errors import ErrorList
from stages.preprocess.inputs.raw_columns import RawColumn

Text = MultiHotText | TfIdfText | TextIds
FORMS: dict[str, type[Text]] = {"multi_hot": MultiHotText, "tf_idf": TfIdfText, "ids": TextIds}


def read_text_inputs(
    texts: Mapping[str, Text], values: Mapping[str, ColumnValues], training_rows: RowNumbers
) -> dict[str, RawColumn]:
    """Return the column of each text, checked, with the vocabulary of its training rows."""
    errors, arrays = ErrorList(), {}
    for name, text in texts.items():
        with errors.collect():
            table = TableValues({text.column: values[text.column]})
            text.check(table)
            arrays[name] = RawColumn(text.fit(take_rows(table, training_rows)), table)
    errors.raise_if_any()
    return arrays


def text_column(column: str, params: TextParams, inferred: bool, private: bool = False) -> Text:
    fields = {"columns": [column], "params": params, "inferred": inferred, "private": private}
    return FORMS[params.form].model_validate(fields)
