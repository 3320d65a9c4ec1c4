"""Bodies that are no rows, by the name of what is wrong: content type and bytes."""

import base64
import gzip
import json
import zlib

JSON, CSV, FORM = "application/json", "text/csv", "application/x-www-form-urlencoded"
ROW = b'{"length": 1, "width": 2}'
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

Bodies = dict[str, tuple[str, bytes]]


def _json(**bodies: bytes) -> Bodies:
    return {name.replace("_", " "): (JSON, body) for name, body in bodies.items()}


NOT_JSON = _json(
    empty=b"",
    spaces=b"  \n ",
    a_word=b"hello",
    single_quotes=b"{'length': 1, 'width': 2}",
    no_end=b'{"length": 1, "width": 2',
    two_objects=ROW + ROW,
    lines_of_json=ROW + b"\n" + ROW,
    comma_at_the_end=b'{"length": 1, "width": 2,}',
    comment=b'{"length": 1, "width": 2} // one',
    hexadecimal=b'{"length": 0x10, "width": 2}',
    plus_sign=b'{"length": +1, "width": 2}',
    leading_zero=b'{"length": 01, "width": 2}',
    point_at_the_end=b'{"length": 1., "width": 2}',
    no_quotes=b"{length: 1, width: 2}",
    control_character=b'{"length": "\x01", "width": 2}',
    null_byte=ROW + b"\x00",
    nan=b'{"length": NaN, "width": 2}',
    infinity=b'{"length": Infinity, "width": 2}',
    minus_infinity=b'{"length": -Infinity, "width": 2}',
    too_large_for_64_bits=b'{"length": 1e999, "width": 2}',
    too_many_digits=b'{"length": ' + b"9" * 5000 + b', "width": 2}',
    same_key_twice=b'{"length": 1, "length": 2, "width": 2}',
    same_key_twice_inside=b'[{"length": 1, "width": 2}, {"width": 1, "width": 2, "length": 1}]',
    deep_array=b"[" * 40_000,
    deep_array_with_end=b"[" * 40_000 + b"]" * 40_000,
    deep_object=b'{"a":' * 15_000 + b"1" + b"}" * 15_000,
    half_a_surrogate_pair=b'{"length": "\\ud800", "width": 2}',
    half_a_surrogate_pair_as_key=b'{"\\udfff": 1, "length": 1, "width": 2}',
    wrong_escape=b'{"length": "\\x41", "width": 2}',
    python=b"[(1, 2)]",
    xml=b"<rows><row/></rows>",
    yaml=b"length: 1\nwidth: 2\n",
    html=b"<!doctype html><p>1</p>",
)
ENCODINGS = _json(
    latin_1='{"length": "é", "width": 2}'.encode("latin-1"),
    utf_16=ROW.decode().encode("utf-16"),
    utf_16_without_mark=ROW.decode().encode("utf-16-le"),
    utf_32=ROW.decode().encode("utf-32"),
    cut_character='{"length": "é'.encode()[:-1],
    overlong=b'{"length": "\xc0\xaf", "width": 2}',
    surrogate_bytes=b'{"length": "\xed\xa0\x80", "width": 2}',
    random_bytes=bytes(range(256)),
)
NO_ROWS = _json(
    null=b"null",
    true=b"true",
    number=b"1",
    text=b'"length=1"',
    empty_array=b"[]",
    empty_object=b"{}",
    empty_rows=b'{"rows": []}',
    rows_is_null=b'{"rows": null}',
    rows_is_an_object=b'{"rows": {"length": 1, "width": 2}}',
    rows_is_a_number=b'{"rows": 3}',
    array_of_numbers=b"[1, 2]",
    array_of_arrays=b"[[1, 2]]",
    array_of_null=b"[null]",
    array_of_texts=b'["length", "width"]',
    columns_instead_of_rows=b'{"length": [1, 2], "width": [1, 2]}',
    nested_rows=b'{"rows": {"rows": [{"length": 1, "width": 2}]}}',
    instances=b'{"instances": [{"length": 1, "width": 2}]}',
)
WRONG_VALUES = _json(
    one_column_is_missing=b'{"length": 1}',
    other_columns=b'{"size": 1, "weight": 2}',
    other_case=b'{"Length": 1, "Width": 2}',
    null_value=b'{"length": null, "width": 2}',
    text_value=b'{"length": "long", "width": 2}',
    empty_text=b'{"length": "", "width": 2}',
    array_value=b'{"length": [1], "width": 2}',
    object_value=b'{"length": {"value": 1}, "width": 2}',
    deep_value=b'{"length": ' + b"[" * 500 + b"]" * 500 + b', "width": 2}',
    text_of_infinity=b'{"length": "1e999", "width": 2}',
    long_text=json.dumps({"length": "x" * 50_000, "width": 2}).encode(),
    bad_row_at_the_end=b"[" + ROW + b", " + ROW + b', {"length": 1}]',
    key_with_markup=b'{"<script>alert(1)</script>": 1}',
    key_of_python=b'{"__class__": "x", "__proto__": {}}',
    path=b'{"length": "/etc/passwd", "width": "../../etc/passwd"}',
    template=b'{"length": "{{7*7}}", "width": "${jndi:ldap://x}"}',
)
TOO_MUCH = _json(
    too_many_rows=b"[" + b",".join([ROW] * 101) + b"]",
    too_many_rows_below_rows=b'{"rows": [' + b",".join([ROW] * 500) + b"]}",
    body_too_large=b"[" + b",".join([ROW] * 8_000) + b"]",
    spaces_too_large=b" " * 150_000 + ROW,
)
CSV_BODIES: Bodies = {
    f"csv: {name}": (CSV, body)
    for name, body in {
        "empty": b"",
        "header alone": b"length,width\n",
        "no header": b"1,2\n3,4\n",
        "one column": b"length\n1\n",
        "other columns": b"size,weight\n1,2\n",
        "text": b"length,width\n1,wide\n",
        "short row": b"length,width\n1\n",
        "empty value": b"length,width\n1,\n",
        "infinite": b"length,width\n1,1e999\n",
        "quote without end": b'length,width\n"1,2\n3,4\n',
        "null byte": b"length,width\n1,\x002\n",
        "utf-16 without mark": "length,width\n1,2\n".encode("utf-16-le"),
        "not utf-8": b"length,width\n1,\xff\xfe\n",
        "json": ROW,
        "array": b"[" + ROW + b"]",
        "binary": bytes(range(256)) * 10,
        "gzip": gzip.compress(b"length,width\n" + b"1,2\n" * 1000),
        "png": PNG,
        "zip": b"PK\x03\x04" + bytes(100),
        "parquet": b"PAR1" + bytes(100) + b"PAR1",
        "too many rows": b"length,width\n" + b"1,2\n" * 101,
        "too large": b"length,width\n" + b"1,2\n" * 50_000,
        "long line": b"length,width\n" + b"1" * 90_000 + b",2\n",
        "many columns": b",".join(b"c%d" % n for n in range(10_000)) + b"\n1\n",
        "same column twice": b"length,length,width\n1,2,3\n",
    }.items()
}
CONTENT_TYPES: Bodies = {
    f"content type: {name}": (name, body)
    for name, body in {
        "": ROW,
        "text/plain": ROW,
        "text/html": ROW,
        "application/xml": b"<a/>",
        "application/octet-stream": ROW,
        "application/x-ndjson; charset=latin-1": ROW,
        "application/json; charset=utf-16": ROW.decode().encode("utf-16"),
        "application/json; charset=nonsense": ROW,
        "multipart/form-data": b"--x\r\n\r\n--x--",
        "multipart/form-data; boundary=x": b"--x\r\n\r\n--x--",
        "application/x-python-pickle": b"\x80\x04N.",
        "application/vnd.apache.parquet": b"PAR1",
        "image/png": PNG,
        "image/svg+xml": b"<svg/>",
        ";;;": ROW,
        "json": ROW,
        "application/json, text/csv": ROW,
    }.items()
}
FORM_BODIES: Bodies = {
    f"form: {name}": (FORM, body)
    for name, body in {
        "json": ROW,
        "empty": b"",
        "no values": b"length&width",
        "not utf-8": b"length=%ff&width=2",
        "bytes": b"length=\xff&width=2",
        "same field twice": b"length=1&length=2&width=3",
        "text": b"length=long&width=2",
        "too many digits": b"width=2&length=" + b"9" * 5000,
        "missing": b"length=1",
        "many fields": b"&".join(b"f%d=1" % n for n in range(10_100)),
    }.items()
}
COMPRESSED = {
    "gzip": gzip.compress(ROW),
    "deflate": zlib.compress(ROW),
    "br": ROW,
    "gzip, gzip": gzip.compress(gzip.compress(b"[" + bytes(1000))),
}
BODIES: Bodies = NOT_JSON | ENCODINGS | NO_ROWS | WRONG_VALUES | TOO_MUCH | CSV_BODIES | CONTENT_TYPES | FORM_BODIES
