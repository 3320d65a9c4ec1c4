import pytest
from pydantic import ValidationError

from stages.core.validation_errors import parameter_errors, type_adapter
from stages.download.params import Download

FILE = {"train": {"path": "a", "sha256": "0" * 64}}
CSV = {"source": "file", "files": FILE, "format": {"format": "csv"}}
NPZ = {"source": "file", "files": FILE, "format": {"format": "npz", "images": "x", "labels": "y", "classes": ["a"]}}
POINTS = {"source": "formula", "formula": "points"}
HASH = "0" * 64
HTTP = {"source": "http", "format": {"format": "csv"}}
MONTHS = {"first": "2020-12", "last": "2021-02"}
LINE = {"source": "formula", "formula": "line", "slope": 1.0, "intercept": 0.0}
IDX = CSV | {"format": {"format": "idx", "classes": ["0"]}}
NEWS = CSV | {"format": {"format": "newswires", "classes": ["earn"]}}
BATCHES = {"splits": {"train": ["x"]}, "labels": "labels", "meta": "m", "names": "label_names"}
CIFAR = CSV | {"files": {"archive": FILE["train"]}, "format": {"format": "cifar"} | BATCHES}


def remote(**file):
    return HTTP | {"files": {"all": file}}


def errors(params):
    with pytest.raises(ValidationError) as raised:
        type_adapter(Download).validate_python(params)
    return "; ".join(str(p) for p in parameter_errors(Download, raised.value))


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"source": "skleran", "name": "iris"}, "did you mean sklearn?"),
        ({"source": "sklearn", "name": "irs"}, "did you mean iris?"),
        (POINTS | {"splits": {"a": {"x": [1, 2], "y": [1]}}}, "a: columns differ in length (x: 2, y: 1)"),
        (POINTS | {"splits": {"a": {"x": [1]}, "b": {"z": [1]}}}, "splits differ in columns (a: x; b: z)"),
        (POINTS | {"splits": {"a": {"x": []}}}, "splits.a.x: should have at least 1 item"),
        (LINE | {"splits": {"a": []}}, "splits.a: should have at least 1 item"),
        (LINE | {"splits": {"a": [1]}, "slope": float("nan")}, "slope: should be a finite number"),
        (CSV | {"time": "date"}, "time is for kind: series only"),
        (CSV | {"time_format": "%Y"}, "time names no column"),
        (CSV | {"columns": []}, "columns: should have at least 1 item"),
        (CSV | {"columns": ["a", "b", "a"]}, "columns names a more than once"),
        (CSV | {"columns": ["a"], "classes": {"species": ["x"]}}, "columns leaves out species"),
        (CSV | {"columns": ["a"], "kind": "series", "time": "day"}, "columns leaves out day"),
        (CSV | {"format": {"format": "csv", "header": False}}, "names must list the columns"),
        (CSV | {"format": {"format": "csv", "names": ["a"]}}, "set header: false"),
        (CSV | {"format": {"format": "csv", "encoding": "utf9"}}, "no encoding 'utf9'"),
        (CSV | {"format": {"format": "csv", "encoding": "base64"}}, "no encoding 'base64'"),
        (CSV | {"format": {"format": "csv", "separator": "\n"}}, "separator: should be one"),
        (CSV | {"format": {"format": "csv", "separator": '"'}}, "separator: should be one"),
        (CSV | {"columns": ["a"], "rename": {"b": "c"}}, "columns leaves out b, which time, classes or rename need"),
        (
            IDX | {"files": FILE},
            "idx needs files named <split>_images and <split>_labels, both for every split; received train",
        ),
        (IDX | {"files": {"train_images": FILE["train"]}}, "both for every split; received train_images"),
        (NEWS | {"files": FILE}, "newswires needs a file named newswires"),
        (CIFAR | {"files": FILE}, "cifar needs one file, named archive; received train"),
        (CIFAR | {"format": CIFAR["format"] | {"splits": {"a": ["x"], "b": ["x"]}}}, "x is listed more than once"),
        (CIFAR | {"format": CIFAR["format"] | {"labels": "fine_label"}}, "did you mean fine_labels?"),
        (remote(sha256=HASH), "urls or mirror must say where it is"),
        (remote(urls=["http://a/b"]), "one of sha256, checksum_suffix, or md5 of its members must prove its content"),
        (remote(urls=["http://a/b"], sha256=HASH, checksum_suffix=".x"), "one of sha256, checksum_suffix"),
        (remote(urls=["ftp://a/b"], sha256=HASH), "urls[0]: should be an address"),
        (remote(mirror="../a", sha256=HASH), "names a file below the mirror, without . or ..; received '../a'"),
        (remote(mirror="/a", sha256=HASH), "names a file below the mirror"),
        (remote(urls=["http://a/b"], sha256=HASH, mirror_sha256=HASH), "but mirror does not say which"),
        (remote(urls=["http://a/b"], checksum_suffix=".x", months=MONTHS), "months need {month} in every address"),
        (remote(urls=["http://a/{month}"], sha256=HASH, months=MONTHS), "checksum_suffix proves them"),
        (remote(urls=["http://a/b"], sha256=HASH, months=MONTHS | {"last": "2020-13"}), "last: should be a month"),
        (
            remote(urls=["http://a/{month}"], checksum_suffix=".x", months=MONTHS | {"last": "2020-11"}),
            "last (2020-11) is before first (2020-12)",
        ),
        (NPZ | {"columns": ["a"], "kind": "table"}, "npz holds no table; columns, kind: for tables only"),
    ],
)
def test_a_mistake_in_the_conf_is_told_before_anything_is_fetched(params, said):
    assert said in errors(params)


def test_each_month_is_a_file_of_its_own():
    urls = ["http://a/{month}.zip"]
    params = remote(urls=urls, mirror="a/{month}.zip", member="{month}.csv", checksum_suffix=".sum", months=MONTHS)
    months = type_adapter(Download).validate_python(params).files["all"].each()
    assert list(months) == ["2020-12", "2021-01", "2021-02"]
    january = months["2021-01"]
    assert (january.urls, january.mirror, january.member) == (["http://a/2021-01.zip"], "a/2021-01.zip", "2021-01.csv")
