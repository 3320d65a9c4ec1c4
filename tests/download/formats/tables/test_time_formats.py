import pandas as pd
import pytest

from stages.download.formats.tables.time_formats import EPOCH_UNITS, ISO, guess_time_format, parse_as

TIME = pd.Timestamp("2021-11-23 16:45:59")


@pytest.mark.parametrize(
    ("values", "formats"),
    [
        ([], []),
        (["soon"], []),
        (["12", "13"], []),
        (["1.5", "2.5"], []),
        (["2004-08-19", "2004-8-2"], [ISO]),
        (["2004", "2005"], [ISO]),
        (["2004-08-19T09:30:00Z"], [ISO]),
        (["2004-08-19 09:30", "oops"], []),
        (["2/3/2022", "12/11/2022"], ["%m/%d/%Y", "%d/%m/%Y"]),
        (["2/3/2022", "2/13/2022"], ["%m/%d/%Y"]),
        (["2/3/2022", "13/2/2022"], ["%d/%m/%Y"]),
        (["2/13/2022", "13/2/2022"], []),
        (["31.12.2021"], ["%d.%m.%Y"]),
        (["1.2.99"], ["%d.%m.%y"]),
        (["5-Jan-22"], ["%d-%b-%y"]),
        (["Jan 5, 2022"], ["%b %d, %Y"]),
        (["1-01", "3-12"], ["%y-%m"]),
        (["01/02/2020 3:04"], ["%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M"]),
        (["31/12/2020 11:04 PM"], ["%d/%m/%Y %I:%M %p"]),
        (["1092873600", "1092960000"], ["epoch_s"]),
        (["1092873600000"], ["epoch_ms"]),
        (["1092873600000000"], ["epoch_us"]),
        (["1992M01", "1992M02"], ["%YM%m"]),
    ],
)
def test_usual_formats_that_fit_every_value(values: list[str], formats: list[str]) -> None:
    assert guess_time_format(values) == formats


@pytest.mark.parametrize("time_format", ["%d.%m.%Y %H:%M:%S", "%b %d, %Y %I:%M:%S %p", "%d-%b-%Y %H:%M:%S"])
def test_a_guessed_format_reads_the_time_back(time_format: str) -> None:
    """As strftime, which defines the formats, wrote it."""
    [guessed] = guess_time_format([TIME.strftime(time_format)])
    assert guessed == time_format
    assert parse_as(pd.Series([TIME.strftime(time_format)]), guessed).tolist() == [TIME.tz_localize("UTC")]


def test_a_value_after_the_sample_rules_a_format_out() -> None:
    assert guess_time_format(["2/3/2022"] * 100 + ["2/13/2022"]) == ["%m/%d/%Y"]


def test_every_unit_of_epochs_is_read() -> None:
    seconds = int(TIME.timestamp())
    for power, name in enumerate(EPOCH_UNITS):
        assert parse_as(pd.Series([seconds * 1000**power]), name).tolist() == [TIME.tz_localize("UTC")]
