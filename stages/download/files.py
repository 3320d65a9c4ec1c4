"""Files that lie here, and what every verified file becomes, wherever it came from."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from stages.core.errors import Faults, Mistake, examples
from stages.core.raw import Images, Raw, Table
from stages.download.dates import dated
from stages.download.formats import Array, read_images, read_table
from stages.download.params import Csv, File, Http, LocalFile, Npz, Parquet
from stages.download.verifying import Verified, check_sha256, collected


def local(files: Mapping[str, LocalFile]) -> dict[str, Verified]:
    faults, found = Faults(), {}
    for split, file in files.items():
        with collected(faults, file.path):
            found[split] = _present(file)
    faults.stop()
    return found


def _present(file: LocalFile) -> Verified:
    path = Path(file.path)
    try:
        check_sha256(path, file.sha256)
    except FileNotFoundError:
        raise Mistake(f"not here; looked for {path.absolute()}") from None
    except OSError as error:
        raise Mistake(f"cannot be read: {error.strerror}") from None
    return Verified(path, file.path)


def read(params: File | Http, found: Mapping[str, Verified]) -> Raw:
    if isinstance(params.format, Npz):
        return _images(params, params.format, found)
    return _table(params, params.format, found)


def _origin(params: File | Http) -> dict[str, object]:
    """What was read and not where it lay: a file that moved is still the same data."""
    return {"source": params.source, "sha256": {split: file.sha256 for split, file in params.files.items()}}


def _table(params: File | Http, form: Csv | Parquet, found: Mapping[str, Verified]) -> Table:
    faults = Faults()
    frames: dict[str, pd.DataFrame] = {}
    for split, file in found.items():
        with collected(faults, file.called):
            frames[split] = _frame(file.path, form, params)
            _check_columns(list(frames[split]), list(next(iter(frames.values()))))
    faults.stop()
    return Table(frames, params.kind, params.classes, params.time, _origin(params))


def _frame(path: Path, form: Csv | Parquet, params: File | Http) -> pd.DataFrame:
    frame = read_table(path, form, params)
    if frame.empty:
        raise Mistake("no rows")
    if params.time is not None:
        frame[params.time] = dated(frame[params.time], params.time_format)
    return frame


def _check_columns(these: Sequence[str], first: Sequence[str]) -> None:
    if these == first:
        return
    missing, more = [c for c in first if c not in these], [c for c in these if c not in first]
    how = f"missing: {examples(missing)}; more: {examples(more)}" if missing or more else "in another order"
    raise Mistake(f"not the columns of the first file ({how}); `columns` chooses and orders them")


def _images(params: File | Http, form: Npz, found: Mapping[str, Verified]) -> Images:
    faults = Faults()
    images: dict[str, Array] = {}
    labels: dict[str, Array] = {}
    for split, file in found.items():
        with collected(faults, file.called):
            images[split], labels[split] = read_images(file.path, form)
            _check_pictures(images[split], next(iter(images.values())))
    faults.stop()
    return Images(images, labels, form.classes, _origin(params))


def _check_pictures(these: Array, first: Array) -> None:
    one, other = (f"{a.dtype} of shape {a.shape[1:]}" for a in (these, first))
    if one != other:
        raise Mistake(f"a picture is {one}, in the first file {other}; one data set has one kind of picture")
