"""Small files in the real formats, and parameters to read them with."""

import gzip
import hashlib
import io
import json
import pickle
import struct
import tarfile
import zipfile
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stages.core.errors import UserError
from stages.download.fetch.download_files import download
from stages.download.formats.tables.table_formats import read_rows
from stages.download.params.file_params import File, Http, Limits
from stages.download.params.format_params import TableFormat

LIMITS = Limits(members=10, bytes=100_000)
ZERO_HASH = "0" * 64
IDX_TYPE_CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def opener(content):
    """A function that opens the bytes as a file."""
    return partial(io.BytesIO, content)


def read_table_content(content, table_format, **options):
    """The bytes as a data frame, read with the parameters of a local file."""
    files = {"all": {"path": "x", "sha256": ZERO_HASH}}
    params = File.model_validate({"source": "file", "files": files, "format": table_format} | options)
    assert isinstance(params.format, TableFormat)
    return read_frame(content, params.format, params)


def read_frame(content, table_format, params):
    with TemporaryDirectory() as scratch:
        return read_rows(opener(content), table_format, params, Path(scratch)).table().to_pandas()


def http_params(file, **options):
    """A source of one CSV file, which is not retried."""
    params = {"source": "http", "files": {"all": file}, "format": {"format": "csv"}, "retries": 0, "timeout": 5.0}
    return Http.model_validate(params | options)


def downloaded_content(params, cache, mirror=None):
    [file] = download(params, cache, mirror)["all"]
    assert [f.name for f in cache.iterdir()] == [file.sha256]
    return file.path.read_bytes()


def error_message(function, *arguments, **keywords):
    """The message of the UserError that the call raises."""
    with pytest.raises(UserError) as error:
        function(*arguments, **keywords)
    return str(error.value)


def md5(content):
    return hashlib.md5(content).hexdigest()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def make_zip(members):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return archive.getvalue()


def make_tar(members):
    """Values are bytes, or a TarInfo for a member that is not a regular file."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as opened:
        for name, content in members.items():
            if isinstance(content, tarfile.TarInfo):
                opened.addfile(content)
                continue
            info = tarfile.TarInfo(name)
            info.size = len(content)
            opened.addfile(info, io.BytesIO(content))
    return archive.getvalue()


def make_idx(array, gzipped=True):
    type_code = IDX_TYPE_CODES[array.dtype.str[1:]]
    header = struct.pack(f">HBB{array.ndim}I", 0, type_code, array.ndim, *array.shape)
    content = header + array.astype(array.dtype.newbyteorder(">")).tobytes()
    return gzip.compress(content, mtime=0) if gzipped else content


def make_npy(array):
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


def make_npz(**arrays):
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def make_cifar_batch(images, **labels):
    """As Python 2 wrote it: names are bytes, and a row has one plane of pixels after another."""
    rows = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
    batch = {b"batch_label": b"batch 1 of 1", b"data": rows, b"filenames": [b"a.png"] * len(rows)}
    return pickle.dumps(batch | {name.encode(): list(map(int, values)) for name, values in labels.items()}, protocol=2)


def random_images(count, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, 32, 32, 3)).astype(np.uint8)


def object_array(*values):
    array = np.empty(len(values), object)
    array[:] = list(values)
    return array


def make_parquet(columns):
    content = io.BytesIO()
    pq.write_table(pa.table(columns), content)
    return content.getvalue()


def make_reuters(ranks, labels, protocol=4):
    """As `numpy.savez` writes lists of different lengths."""
    header = f"{{'descr': '|O', 'fortran_order': False, 'shape': ({len(ranks)},), }}".encode().ljust(117) + b"\n"
    pickled = pickle.dumps(object_array(*ranks), protocol=protocol)
    lists = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + pickled
    return make_zip({"x.npy": lists, "y.npy": make_npy(np.array(labels))})


def make_word_index(*words):
    return json.dumps({word: rank for rank, word in enumerate(words, start=1)}).encode()
