import pytest

from stages.download.params.csv_params import Csv
from stages.inference.input_schema import JsonNotation, TextNotation
from stages.inference.schema.source_options import source_options


def test_the_notation_of_a_file_has_the_options_and_defaults_of_download() -> None:
    csv = Csv(format="csv")
    assert TextNotation.model_fields.keys() == Csv.model_fields.keys() - {"format", "header", "types"}
    assert TextNotation().model_dump() == {name: getattr(csv, name) for name in TextNotation.model_fields}
    assert TextNotation().changes_lines is False


@pytest.mark.parametrize(
    "options", [{"separator": ";", "decimal": ","}, {"signs": ["€"], "suffixes": {"k": 1000}}, {"missing": ["-"]}]
)
def test_options_of_csv(options: dict[str, object]) -> None:
    found = source_options({"source": "file", "format": {"format": "csv", "types": {"a": "text"}, **options}})
    assert found.notation == TextNotation.model_validate(options)
    assert found.json_notation == JsonNotation(missing=found.notation.missing)


def test_options_of_other_sources() -> None:
    table_format = {"format": "jsonl", "fields": {"a": "b.a"}, "optional": ["a"], "missing": ["-"]}
    found = source_options({"format": table_format, "rename": {"a": "x"}, "time_format": "%Y"})
    assert found.json_notation == JsonNotation(missing=["-"], fields={"a": "b.a"})
    assert found.notation.missing == [*TextNotation().missing, "-"]
    assert (found.source_names, found.optional, found.time_format) == ({"x": "a"}, ["a"], "%Y")
    assert source_options({"source": "sklearn", "name": "iris"}).notation == TextNotation()
