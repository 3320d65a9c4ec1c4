"""Miniature files in the real formats, and settings to read them with."""

import gzip
import hashlib
import io
import json
import pickle
import struct
import tarfile
import zipfile
from functools import partial

import numpy as np

from stages.download.params import Limits

LIMITS = Limits(members=10, bytes=100_000)


def opens(content):
    return partial(io.BytesIO, content)


def md5(content):
    return hashlib.md5(content).hexdigest()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def zipped(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def tarred(members):
    """Members are contents, or a TarInfo with whatever it takes to be something else."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in members.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def idx(array, packed=True):
    head = struct.pack(f">HBB{array.ndim}I", 0, CODES[array.dtype.str[1:]], array.ndim, *array.shape)
    content = head + array.astype(array.dtype.newbyteorder(">")).tobytes()
    return gzip.compress(content, mtime=0) if packed else content


def cifar_batch(pixels, **labels):
    """As Python 2 wrote it: names are bytes, and so are the pixels, kept plane by plane."""
    rows = pixels.transpose(0, 3, 1, 2).reshape(len(pixels), -1)
    held = {b"batch_label": b"batch 1 of 1", b"data": rows, b"filenames": [b"a.png"] * len(rows)}
    return pickle.dumps(held | {name.encode(): list(map(int, many)) for name, many in labels.items()}, protocol=2)


def pictures(count, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, 32, 32, 3)).astype(np.uint8)


def newswires_npz(ranks, labels, protocol=4):
    """As `numpy.savez` writes lists of different lengths."""
    lists = np.empty(len(ranks), object)
    lists[:] = ranks
    head = f"{{'descr': '|O', 'fortran_order': False, 'shape': ({len(ranks)},), }}".encode().ljust(117) + b"\n"
    objects = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + pickle.dumps(lists, protocol=protocol)
    numbers = io.BytesIO()
    np.save(numbers, np.array(labels))
    return zipped({"x.npy": objects, "y.npy": numbers.getvalue()})


def word_index(*words):
    return json.dumps({word: rank for rank, word in enumerate(words, start=1)}).encode()
