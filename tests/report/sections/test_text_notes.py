from typing import Any

import pandas as pd
import pytest

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw.raw_data import Table
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from stages.report.sections.column_kinds import column_kind_rows
from stages.report.sections.data_section import array_rows, data_section
from stages.report.sections.text_notes import text_notes

FRAME = pd.DataFrame(
    {
        "message": ["win a prize", "see you at home", "a prize for you", "see a secret word", "?"],
        "price": [1.0, 2.0, 3.0, 4.0, 5.0],
    }
)


def data(**text: Any) -> ProcessedData:
    params = {
        "targets": "price",
        "split": {"test": 2, "order": "chronological"},
        "columns": {"message": {"kind": "text"} | text},
    }
    return preprocess(Table({"all": FRAME}), Preprocess.model_validate(params))


@pytest.mark.parametrize(
    ("text", "content", "scaling", "becomes", "note"),
    [
        (
            {"form": "multi_hot"},
            "8 words: 1 if the text has it, else 0",
            "multi-hot",
            "8 words of the training rows, multi-hot",
            "Texts of message without a word of the vocabulary: 0 in train, 1 in test.",
        ),
        (
            {"form": "tf_idf", "missing": "empty"},
            "8 words: 0 if the text does not have it, else its weight",
            "tf-idf",
            "8 words of the training rows, tf-idf",
            "Texts of message without a word of the vocabulary: 0 in train, 1 in test.",
        ),
        (
            {"form": "ids", "length": 6},
            "6 words of each text, of 8 different words, by embedding",
            "none",
            "8 words of the training rows, ids for an embedding",
            # The test texts are "see a secret word", of which two words are known, and a text without words.
            "Words of message that the vocabulary does not have: 0% in train, 60% in test.",
        ),
    ],
)
def test_a_text_on_the_page(text: dict[str, Any], content: str, scaling: str, becomes: str, note: str) -> None:
    processed = data(**text)
    ((role, name, columns, *rest), _) = array_rows(processed.fitted)
    assert (role, name, columns, rest) == ("input", "message", "message", [content, scaling])
    gaps = "an empty text" if text.get("missing") else "none"
    assert list(column_kind_rows(processed.fitted)) == [("message", "text", "conf", gaps, becomes)]
    assert list(text_notes(processed)) == [note]
    assert note in data_section(Table({"all": FRAME}), processed, {}, 2).notes
