"""Verified files of any format as raw data."""

from typing import assert_never

from stages.core.artefacts.raw import RawData
from stages.download.fetch.verified_file import VerifiedFiles
from stages.download.params.file_params import File, Http
from stages.download.params.format_params import Cifar, Csv, Idx, Newswires, Npz, Parquet
from stages.download.read_array_files import read_cifar_file, read_idx_files, read_newswires_files, read_npz_files
from stages.download.read_table_files import read_table_files


def read_files(params: File | Http, files: VerifiedFiles) -> RawData:
    match params.format:
        case Csv() | Parquet() as table_format:
            return read_table_files(params, table_format, files)
        case Npz() as npz:
            return read_npz_files(params, npz, files)
        case Idx() as idx:
            return read_idx_files(params, idx, files)
        case Cifar() as cifar:
            return read_cifar_file(params, cifar, files)
        case Newswires() as newswires:
            return read_newswires_files(params, newswires, files)
        case _:
            assert_never(params.format)
