import numpy as np
import pandas as pd

from stages.core.artefacts.raw.raw_data import Table
from stages.core.parameters.validation_errors import type_adapter
from stages.export.held_out.kept_rows import held_out_rows
from stages.inference.new_rows.row_problems import find_row_problems
from stages.inference.output_settings import OutputSettings
from stages.inference.predictor import Predictor
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess


def test_the_first_kept_row_has_no_gap_that_an_earlier_row_fills() -> None:
    """Of 20 rows, the last 5 begin with a gap, as do the rows of the test split."""
    rows = np.arange(20)
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(rows, "D")
    heat = np.where(np.isin(rows, [10, 11, 14, 15, 16]), np.nan, rows)
    raw = Table({"all": pd.DataFrame({"day": days, "heat": heat, "y": rows / 2})}, kind="series", time="day")
    params = type_adapter(Preprocess).validate_python(
        {
            "inputs": ["heat"],
            "targets": "y",
            "columns": {"heat": {"kind": "number", "missing": "forward"}},
            "split": {"test": 10, "order": "chronological"},
        }
    )
    processed = preprocess(raw, params)
    predictor = Predictor(processed.fitted, OutputSettings(), lambda inputs: {}, 8)
    kept = held_out_rows(raw, predictor, processed, 5)
    assert kept is not None
    assert find_row_problems(processed.fitted, kept) == []
    assert np.asarray(kept.columns["heat"])[0] == 13
