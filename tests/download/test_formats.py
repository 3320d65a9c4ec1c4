import datetime
import pickle
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stages.core.errors import Mistake
from stages.download.formats import read_images, read_table
from stages.download.params import File, Npz

NPZ = Npz(format="npz", images="x", labels="y", classes=["cat", "dog"])


@pytest.fixture
def parquet(tmp_path):
    def read(held, **settings):
        pq.write_table(pa.table(held), tmp_path / "data.parquet")
        files = {"all": {"path": "data.parquet", "sha256": "0" * 64}}
        params = File(source="file", files=files, format={"format": "parquet"}, **settings)
        return read_table(tmp_path / "data.parquet", params.format, params)

    return read


def test_parquet_columns_are_chosen_and_ordered(parquet):
    frame = parquet({"a": [1], "b": [2.5], "c": ["x"]}, columns=["c", "a"])
    assert frame.to_dict("list") == {"c": ["x"], "a": [1]}


def test_unusual_types_become_plain_ones(parquet):
    frame = parquet(
        {
            "category": pa.array(["x", "y"]).dictionary_encode(),
            "day": [datetime.date(2004, 8, 19), datetime.date(2004, 8, 20)],
            "price": [Decimal("1.25"), Decimal("2.50")],
            "nothing": pa.nulls(2),
            "number": [0, 1],
        },
        classes={"number": ["0", "1"]},
    )
    types = frame.dtypes.astype(str).to_dict()
    assert types == {
        "category": "str",
        "day": "datetime64[us]",
        "price": "float64",
        "nothing": "float64",
        "number": "str",
    }
    assert frame["number"].tolist() == ["0", "1"]


def test_nested_columns_are_refused_unless_left_out(parquet):
    held = {"a": [1], "words": [[1, 2]]}
    with pytest.raises(Mistake, match="column 'words' holds list"):
        parquet(held)
    assert list(parquet(held, columns=["a"])) == ["a"]


def test_a_parquet_column_that_is_not_there(parquet):
    with pytest.raises(Mistake, match="no column 'hieght'; did you mean height"):
        parquet({"height": [1]}, columns=["hieght"])


def test_what_is_not_parquet(tmp_path, parquet):
    (tmp_path / "text").write_text("a,b\n1,2\n")
    files = {"all": {"path": "text", "sha256": "0" * 64}}
    params = File(source="file", files=files, format={"format": "parquet"})
    with pytest.raises(Mistake, match="not readable as Parquet"):
        read_table(tmp_path / "text", params.format, params)


def test_npz_images_come_as_they_are(tmp_path):
    pictures = np.arange(8, dtype=np.uint8).reshape(2, 2, 2)
    np.savez(tmp_path / "a.npz", x=pictures, y=np.array([1, 0]))
    images, labels = read_images(tmp_path / "a.npz", NPZ)
    np.testing.assert_array_equal(images, pictures)
    assert images.dtype == np.uint8
    assert labels.tolist() == [1, 0]


PICTURES = np.zeros((2, 2, 2))


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"x": PICTURES, "labels": [0, 1]}, "no array 'y'; allowed: x, labels"),
        ({"x": PICTURES, "y": [0, 1, 1]}, "2 images and 3 labels"),
        ({"x": np.zeros((2, 4)), "y": [0, 1]}, "received float64 of shape (2, 4)"),
        ({"x": PICTURES, "y": ["cat", "dog"]}, "labels must be whole numbers"),
        ({"x": PICTURES, "y": np.array([{}, 1])}, "Object arrays cannot be loaded"),
    ],
)
def test_arrays_that_are_not_images_with_labels(tmp_path, arrays, said):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(Mistake) as mistake:
        read_images(tmp_path / "a.npz", NPZ)
    assert said in str(mistake.value)


@pytest.mark.parametrize("content", [b"", b"text", pickle.dumps([1, 2])])
def test_what_is_not_npz_is_never_unpickled(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(Mistake, match="not an npz file"):
        read_images(tmp_path / "a.npz", NPZ)


def test_a_damaged_npz(tmp_path):
    np.savez(tmp_path / "a.npz", x=PICTURES, y=[0, 1])
    content = bytearray((tmp_path / "a.npz").read_bytes())
    content[150] ^= 255
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(Mistake, match="not readable as npz: Bad CRC"):
        read_images(tmp_path / "a.npz", NPZ)
