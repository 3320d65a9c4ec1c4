import re
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from stages.core.parameters.validation_errors import parameter_errors, type_adapter
from stages.download.params import Download
from stages.download.params.csv_params import Csv
from tests.download.sample_files import ZERO_HASH

FILE = {"path": "a", "sha256": ZERO_HASH}
CSV = {"source": "file", "files": {"train": FILE}, "format": {"format": "csv"}}
NPZ = CSV | {"format": {"format": "npz", "images": "x", "labels": "y", "classes": ["a"]}}
IDX = CSV | {"format": {"format": "idx", "classes": ["0"]}}
REUTERS = CSV | {"format": {"format": "reuters", "classes": ["earn"]}}
CIFAR_FORMAT = {
    "format": "cifar",
    "splits": {"train": ["x"]},
    "labels": "labels",
    "meta": "m",
    "names": "label_names",
}
CIFAR = CSV | {"files": {"archive": FILE}, "format": CIFAR_FORMAT}
DVC = {"source": "dvc", "repo": "../registry", "rev": "v1", "files": {"all": FILE}, "format": {"format": "csv"}}
PICTURES = CSV | {"format": {"format": "pictures", "size": [28, 28]}}
POINTS = {"source": "formula", "formula": "points"}
LINE = {"source": "formula", "formula": "line", "slope": 1.0, "intercept": 0.0}
MONTHS = {"first": "2020-12", "last": "2021-02"}


def http(**file):
    return {"source": "http", "format": {"format": "csv"}, "files": {"all": file}}


def csv(**options):
    return CSV | {"format": {"format": "csv"} | options}


def jsonl(**options):
    return CSV | {"format": {"format": "jsonl"} | options}


def excel(**options):
    return CSV | {"format": {"format": "excel"} | options}


def pictures(**options):
    return PICTURES | {"format": {"format": "pictures", "size": [28, 28]} | options}


def errors(params):
    with pytest.raises(ValidationError) as raised:
        type_adapter(Download).validate_python(params)
    return "; ".join(str(error) for error in parameter_errors(Download, raised.value))


@pytest.mark.parametrize(
    ("params", "message"),
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
        (
            CSV | {"columns": ["a"], "rename": {"b": "c"}},
            "columns leaves out b, which time, classes, private",
        ),
        (csv(header=False), "names must list the columns"),
        (csv(names=["a"]), "set header: false"),
        (csv(encoding="utf9"), "no encoding 'utf9'"),
        (csv(encoding="base64"), "no encoding 'base64'"),
        (csv(separator="\n"), "separator: should be one"),
        (csv(separator='"'), "separator: should be one character, or several punctuation characters"),
        (csv(quote='""'), "quote: should be one punctuation character, or none"),
        (csv(quote=";", separator=";"), "separator and quote are both ';'"),
        (csv(escape='"'), "quote and escape are both"),
        (csv(comment="x"), "comment: should be one or more punctuation characters"),
        (csv(decimal=",", thousands=","), "decimal and thousands are both ','"),
        (csv(signs=["%", "%"]), "signs names '%' more than once"),
        (csv(signs=["5"]), "signs[0]: should be a sign or unit"),
        (csv(signs=["e"]), "'e', which is the exponent of a number"),
        (csv(skip_lines=-1), "skip_lines: should be greater than or equal to 0"),
        (csv(line_breaks=True, quote="none"), "line_breaks is true, but quote: none"),
        (csv(line_breaks=True, comment="#", trim=True), "but trim is done line by line, a line of a value"),
        (csv(line_breaks=True, separator="whitespace"), "but separator: whitespace is read line by line"),
        (csv(trim=True, separator="whitespace"), "trim is not for separator 'whitespace'"),
        (csv(types={"a": "integer"}), "types.a: received 'integer'; allowed: number, text"),
        (
            csv(types={"a": "number"}) | {"classes": {"a": ["x"]}},
            "format.types has number for a",
        ),
        (csv(types={"a": "text"}) | {"columns": ["b"]}, "columns leaves out a"),
        (CSV | {"kind": "series"}, "rows_in_order_of_time: true"),
        (CSV | {"private": ["c"], "classes": {"c": ["x"]}}, "private names c, but pages show times and classes"),
        (CSV | {"private": ["c"], "columns": ["a"]}, "columns leaves out c"),
        (NPZ | {"private": ["c"]}, "npz holds no table; private"),
        (CSV | {"sort": True}, "sort is by time, but time names no column"),
        (CSV | {"rows_in_order_of_time": True}, "rows_in_order_of_time is for kind: series"),
        (
            CSV | {"kind": "series", "time": "day", "rows_in_order_of_time": True},
            "rows_in_order_of_time is for kind: series without a column of times",
        ),
        (jsonl(encoding="utf9"), "no encoding 'utf9'"),
        (jsonl(fields={"price": "price"}), "fields.price: should be the keys that lead to a value, such as item.price"),
        (jsonl(fields={"price": "item..price"}), "fields.price: should be the keys that lead to a value"),
        (jsonl(optional=["a", "b", "a"]), "optional names a more than once"),
        (jsonl(types={"a": "integer"}), "types.a: received 'integer'; allowed: number, text"),
        (jsonl(types={"a": "number"}) | {"classes": {"a": ["x"]}}, "format.types has number for a"),
        (jsonl(header=False), "header: unknown key"),
        (excel(header=False), "names must list the columns"),
        (excel(names=["a"]), "set header: false"),
        (excel(header=False, names=[]), "names: should have at least 1 item"),
        (excel(sheet=""), "sheet: should have at least 1 character"),
        (excel(sheet=1), "sheet: should be a valid string; received 1"),
        (excel(skip_lines=-1), "skip_lines: should be greater than or equal to 0"),
        (excel(types={"a": "text"}) | {"columns": ["b"]}, "columns leaves out a"),
        (DVC | {"rev": "-x"}, "rev: should be a commit, a tag or a branch; received '-x'"),
        (DVC | {"rev": "v1^"}, "rev: should be a commit, a tag or a branch"),
        (DVC | {"rev": 1.2}, "rev: should be a valid string; received 1.2"),
        (DVC | {"repo": "ext::sh -c true"}, "repo: should be the path of a repository, or an address"),
        (DVC | {"repo": "--upload-pack=x"}, "repo: should be the path of a repository"),
        (DVC | {"repo": "s3://bucket/x"}, "repo: should be the path of a repository"),
        (DVC | {"repo": ""}, "repo: should be the path of a repository"),
        (DVC | {"files": {"all": FILE | {"path": "../a.csv"}}}, "path: should be a path in the repository, without"),
        (DVC | {"files": {"all": FILE | {"path": "/a.csv"}}}, "path: should be a path in the repository, without"),
        (DVC | {"files": {"all": {"path": "a.csv"}}}, "sha256: missing"),
        (DVC | {"format": IDX["format"]}, "idx needs files named"),
        (IDX, "idx needs files named <split>_images and <split>_labels, both for every split; received train"),
        (IDX | {"files": {"train_images": FILE}}, "both for every split; received train_images"),
        (REUTERS, "reuters needs a file named reuters"),
        (CIFAR | {"files": {"train": FILE}}, "cifar needs one file, named archive; received train"),
        (CIFAR | {"format": CIFAR_FORMAT | {"splits": {"a": ["x"], "b": ["x"]}}}, "x is listed more than once"),
        (CIFAR | {"format": CIFAR_FORMAT | {"labels": "fine_label"}}, "did you mean fine_labels?"),
        (PICTURES | {"columns": ["a"]}, "pictures holds no table; columns: for tables only"),
        (pictures(size=[28]), "format.size: should be two numbers, height and width; received [28]"),
        (pictures(size=[0, 28]), "format.size[0]: should be greater than or equal to 1"),
        (pictures(size=28), "format.size: should be a valid list; received 28"),
        (pictures(fit="stretch"), "format.fit: received 'stretch'; allowed: resize, crop, pad"),
        (pictures(colour="gray"), "format.colour: received 'gray'; did you mean grey?"),
        (pictures(color="grey"), "format.color: unknown key; did you mean colour?"),
        (pictures(max_pixels=10**9), "format.max_pixels: should be less than or equal to 89478485"),
        (pictures(exclude={"test": ["a/1.png"]}), "exclude names splits without files: test"),
        (PICTURES | {"files": {"train": FILE | {"md5": {"a": "0" * 32}}}}, "pictures need sha256: train"),
        (http(sha256=ZERO_HASH), "urls or mirror must say where the file is"),
        (http(urls=["http://a/b"]), "one of sha256, checksum_suffix, or md5 of its members must verify the file"),
        (http(urls=["http://a/b"], sha256=ZERO_HASH, checksum_suffix=".x"), "one of sha256, checksum_suffix"),
        (http(urls=["ftp://a/b"], sha256=ZERO_HASH), "urls[0]: should be an address"),
        (http(mirror="../a", sha256=ZERO_HASH), "a path below the mirror, without . or ..; received '../a'"),
        (http(mirror="/a", sha256=ZERO_HASH), "a path below the mirror"),
        (http(urls=["http://a/b"], sha256=ZERO_HASH, mirror_sha256=ZERO_HASH), "but mirror names no file"),
        (http(urls=["http://a/b"], checksum_suffix=".x", months=MONTHS), "months need {month} in every address"),
        (http(urls=["http://a/{month}"], sha256=ZERO_HASH, months=MONTHS), "months need checksum_suffix"),
        (
            http(urls=["http://a/b"], sha256=ZERO_HASH, months=MONTHS | {"last": "2020-13"}),
            "last: should be a month",
        ),
        (
            http(urls=["http://a/{month}"], checksum_suffix=".x", months=MONTHS | {"last": "2020-11"}),
            "last (2020-11) is before first (2020-12)",
        ),
        (NPZ | {"columns": ["a"], "kind": "table"}, "npz holds no table; columns, kind: for tables only"),
    ],
)
def test_wrong_parameters_are_reported(params, message):
    assert message in errors(params)


@pytest.mark.parametrize("protocol", ["https", "http", "s3", "gs", "ssh"])
def test_allowed_addresses(protocol):
    params = http(urls=[f"{protocol}://host/a.csv"], sha256=ZERO_HASH)
    assert type_adapter(Download).validate_python(params).files["all"].urls == [f"{protocol}://host/a.csv"]


@pytest.mark.parametrize(
    "repo",
    [
        *("../registry", "/srv/registry", "my data", "https://example.org/team/registry.git", "file:///srv/registry"),
        *("git@example.org:team/registry.git", "ssh://git@example.org/registry", "git://example.org/registry"),
    ],
)
def test_allowed_repositories(repo):
    assert type_adapter(Download).validate_python(DVC | {"repo": repo, "rev": "release/1.2"}).repo == repo


def test_each_month_is_a_file():
    urls = ["http://a/{month}.zip"]
    params = http(urls=urls, mirror="a/{month}.zip", member="{month}.csv", checksum_suffix=".sum", months=MONTHS)
    months = type_adapter(Download).validate_python(params).files["all"].by_month()
    assert list(months) == ["2020-12", "2021-01", "2021-02"]
    january = months["2021-01"]
    assert (january.urls, january.mirror, january.member) == (["http://a/2021-01.zip"], "a/2021-01.zip", "2021-01.csv")


def test_the_parameters_in_the_documentation_are_valid():
    """The second column of the table of dialects has parameters of Csv, as YAML."""
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "describe-a-csv-file.md").read_text(encoding="utf-8")
    table = [line for line in page.partition("\n## ")[0].splitlines() if line.startswith("| ")][2:]
    described: set[str] = set()
    for line in table:
        texts = [text for text in re.findall(r"`([^`]+)`", line.split(" | ")[-1]) if ": " in text]
        options = {key: value for text in texts for key, value in yaml.safe_load(text).items()}
        type_adapter(Csv).validate_python({"format": "csv"} | options)
        described |= options.keys()
    assert described == Csv.model_fields.keys() - {"format"}
