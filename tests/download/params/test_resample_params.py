from typing import Any

import pytest
from pydantic import ValidationError

from stages.core.parameters.validation_errors import parameter_errors, type_adapter
from stages.download.params import Download, resampled_columns
from stages.download.params.resample_params import Resample
from tests.download.sample_files import ZERO_HASH

FILE = {"source": "file", "format": {"format": "csv"}, "files": {"all": {"path": "a.csv", "sha256": ZERO_HASH}}}
SERIES = FILE | {"kind": "series", "time": "day"}


def errors(params: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        type_adapter(Download).validate_python(params)
    return "\n".join(map(str, parameter_errors(Download, caught.value)))


@pytest.mark.parametrize(("every", "count", "unit"), [("1D", 1, "D"), ("MS", 1, "MS"), ("15min", 15, "min")])
def test_every_is_a_number_and_a_unit(every: str, count: int, unit: str) -> None:
    resample = Resample(every=every)
    assert (resample.count, resample.unit) == (count, unit)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (FILE | {"resample": {"every": "1D"}}, "resample is by time, but time names no column"),
        (FILE | {"kind": "series", "rows_in_order_of_time": True, "resample": {"every": "D"}}, "resample is by time"),
        (SERIES | {"resample": {"every": "1 day"}}, "resample.every: should be a number and a unit"),
        (SERIES | {"resample": {"every": "0D"}}, "resample.every: should be a number and a unit"),
        (SERIES | {"resample": {"every": "1day"}}, "resample.every: no unit 'day'; did you mean D?"),
        (SERIES | {"resample": {"every": "1H"}}, "resample.every: no unit 'H'; did you mean h?"),
        (SERIES | {"resample": {"every": "1M"}}, "no unit 'M'; did you mean min, MS or ME?"),
        (SERIES | {"resample": {"every": "1x"}}, "no unit 'x'; allowed: s, min, h, D, B, W, MS"),
        (SERIES | {"resample": {}}, "resample.every: missing"),
        (SERIES | {"resample": {"every": "D", "how": "median"}}, "resample.how"),
        (SERIES | {"resample": {"every": "D", "gaps": "interpolate"}}, "resample.gaps: received 'interpolate'"),
        (SERIES | {"resample": {"every": "D", "how": {"day": "last"}}}, "names 'day', the column of times"),
        (SERIES | {"columns": ["day"], "resample": {"every": "D", "how": {"x": "sum"}}}, "columns leaves out x"),
        ({"source": "sklearn", "name": "iris", "resample": {"every": "D"}}, "resample: unknown key"),
        ({"source": "matplotlib", "name": "goog", "resample": {"every": "D", "how": {"date": "last"}}},
         "names 'date', the column of times"),
    ],
)  # fmt: skip
def test_wrong_parameters(params: dict[str, Any], message: str) -> None:
    assert message in errors(params)


def test_columns_of_how_have_the_names_after_rename() -> None:
    params = SERIES | {"rename": {"Close": "close"}, "resample": {"every": "D", "how": {"Close": "mean", "b": "sum"}}}
    source = type_adapter(Download).validate_python(params)
    assert resampled_columns(source) == {"Close": "close", "b": "b"}
    assert resampled_columns(type_adapter(Download).validate_python(FILE)) == {}
