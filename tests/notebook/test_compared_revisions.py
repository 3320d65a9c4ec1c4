import json

import numpy as np
import pandas as pd

from stages.cli.compare.comparison import (
    Comparison,
    DatasetComparison,
    McNemarEvidence,
    MetricChange,
    ParameterChange,
    RevisionName,
)
from stages.notebook.compared_revisions import COLUMNS
from stages.notebook.compared_revisions import Comparison as OfNotebook

EVIDENCE = McNemarEvidence(only_base_correct=2, only_head_correct=0, p_value=0.5, rows=30)
CHANGED = MetricChange(
    name="accuracy", headline=True, better="higher", base=0.75, head=0.5, change=-0.25, relative=-1 / 3,
    improvement=-0.25, result="within noise", evidence=[EVIDENCE],
)  # fmt: skip
NEW = MetricChange(
    name="f1", headline=False, better="higher", base=None, head=0.5, change=None, relative=None, improvement=None,
    result="new",
)  # fmt: skip
FOUND = Comparison(
    base=RevisionName(name="main", commit="0" * 40),
    head=RevisionName(name="working tree", commit=None),
    datasets=[
        DatasetComparison(
            key="mine", state="changed", metrics=[CHANGED, NEW], parameters=[ParameterChange(name="a", base=1, head=2)]
        )
    ],
    unchanged=["other"],
)


def test_the_frame_has_a_row_for_each_metric() -> None:
    frame = OfNotebook(FOUND).metrics
    assert tuple(frame.columns) == COLUMNS
    assert frame["metric"].tolist() == ["accuracy", "f1"]
    assert frame["dataset"].tolist() == ["mine", "mine"]
    assert frame["result"].tolist() == ["within noise", "new"]
    assert frame["change"].tolist()[0] == -0.25
    assert np.isnan(frame["base"].tolist()[1])
    assert "p = 0.5" in frame["evidence"][0]


def test_the_evidence_says_why_a_metric_is_not_judged() -> None:
    loss = CHANGED.model_copy(update={"evidence": [], "result": "differs", "not_judged": "no rows have it"})
    dataset = DatasetComparison(key="mine", state="changed", metrics=[loss])
    frame = OfNotebook(FOUND.model_copy(update={"datasets": [dataset]})).metrics
    assert frame["evidence"].tolist() == ["not judged: no rows have it"]


def test_the_frame_of_no_difference_has_the_same_columns() -> None:
    frame = OfNotebook(FOUND.model_copy(update={"datasets": []})).metrics
    assert tuple(frame.columns) == COLUMNS
    assert frame["base"].dtype == np.float64
    assert len(frame) == 0
    assert isinstance(frame, pd.DataFrame)


def test_the_record_is_what_json_has() -> None:
    assert OfNotebook(FOUND).record == json.loads(FOUND.model_dump_json())


def test_the_text_form_counts() -> None:
    assert repr(OfNotebook(FOUND)) == "<restage comparison of main and working tree: 1 differs, 1 unchanged>"
