import pytest
from pydantic import ValidationError

from stages.core.parameters.validation_errors import parameter_errors, type_adapter
from stages.download.params import Download, gives_table, private_columns
from tests.download.sample_files import ZERO_HASH

SQL = {"source": "sql", "url_env": "SHOP_DB", "query": "select id, day from t order by id", "sha256": ZERO_HASH}


def errors(params):
    with pytest.raises(ValidationError) as caught:
        type_adapter(Download).validate_python(params)
    return "\n".join(map(str, parameter_errors(Download, caught.value)))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"url_env": "postgresql://bob:hunter2@example.org/shop"},
            "url_env: should be the name of an environment variab",
        ),
        ({"query": "select id from t"}, "query: should end with ORDER BY"),
        ({"sha256": "12"}, "sha256: should be 64 digits"),
        ({"key": ["id", "day"]}, "key names day, which ORDER BY does not"),
        ({"timeout_s": 0.0}, "timeout_s: should be greater than 0; received 0"),
        ({"sort": True}, "sort is by time, but time names no column"),
        ({"columns": ["id"], "classes": {"day": ["a"]}}, "columns leaves out day"),
        ({"files": {}}, "files: unknown key"),
    ],
)
def test_wrong_parameters_are_reported_without_a_secret(params, message):
    reported = errors(SQL | params)
    assert message in reported
    assert "hunter2" not in reported


def test_a_query_gives_a_table_or_a_series():
    table = type_adapter(Download).validate_python(SQL | {"private": ["day"], "rename": {"day": "date"}})
    series = type_adapter(Download).validate_python(SQL | {"kind": "series", "time": "day"})
    assert (gives_table(table), gives_table(series)) == (True, False)
    assert private_columns(table) == ["date"]
