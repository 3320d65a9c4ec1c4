"""python large_table_engines.py ENGINE FOLDER

One of the sides of `large_table_preparation`: pandas, DuckDB, Polars or Dask prepare its table. It imports nothing of
Restage, so that it runs in an environment that has these libraries.

Each reads the Parquet files, draws a split for each row (8 of 10 rows for training), finds the categories, the classes,
and the means and deviations of the training rows, refuses gaps, and writes arrays of 32 bits for each split. pandas
reads all rows at once. No engine counts the samples that are also in the training rows.
"""

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

NUMBERS = [f"n{number}" for number in range(7)]
SPLITS = ("train", "validation", "test")
# The split of a row from a number below 10.
CODES = np.array([0] * 8 + [1, 2])
DUCKDB_MEMORY = "1GB"


def pandas_side(files: list[str], folder: Path) -> None:
    import pandas as pd

    frame = pd.read_parquet(files)
    _refuse(bool(frame.isna().to_numpy().any()))
    codes = CODES[np.random.default_rng(0).integers(0, 10, len(frame))]
    training = frame[codes == 0]
    mean, deviation = training[NUMBERS].mean().to_numpy(), training[NUMBERS].std(ddof=0).to_numpy()
    shops, kinds = sorted(training["shop"].unique()), sorted(frame["kind"].unique())
    outputs = _Outputs(folder, np.bincount(codes).tolist(), len(shops))
    for split in range(len(SPLITS)):
        part = frame[codes == split]
        one_hot = pd.get_dummies(part["shop"].astype(pd.CategoricalDtype(shops)), dtype=np.float32).to_numpy()
        y = pd.Categorical(part["kind"], categories=kinds).codes
        x = [(part[NUMBERS].to_numpy() - mean) / deviation, one_hot, part[["member"]].to_numpy()]
        outputs.write(split, np.concatenate(x, axis=1), y)


def duckdb_side(files: list[str], folder: Path) -> None:
    connection = _library("duckdb").connect(config={"memory_limit": DUCKDB_MEMORY, "threads": 2})
    connection.execute(
        "CREATE VIEW rows AS SELECT *, hash(filename, file_row_number) % 10 AS draw "  # noqa: S608
        f"FROM read_parquet({files}, filename=true, file_row_number=true)"
    )
    moments = ", ".join(f"avg({name}), stddev_pop({name})" for name in NUMBERS)
    found = connection.execute(f"SELECT {moments} FROM rows WHERE draw < 8").fetchone()  # noqa: S608
    columns = [*NUMBERS, "shop", "member", "kind"]
    gaps = connection.execute(f"SELECT count(*), {', '.join(f'count({c})' for c in columns)} FROM rows").fetchone()  # noqa: S608
    assert found is not None
    assert gaps is not None
    _refuse(len(set(gaps)) > 1)
    sizes = dict(connection.execute("SELECT draw, count(*) FROM rows GROUP BY draw").fetchall())
    shops = _texts(connection, "SELECT DISTINCT shop FROM rows WHERE draw < 8 ORDER BY shop")
    kinds = _texts(connection, "SELECT DISTINCT kind FROM rows ORDER BY kind")
    scaled = [f"(({name} - {found[2 * n]!r}) / {found[2 * n + 1]!r})::FLOAT" for n, name in enumerate(NUMBERS)]
    one_hot = [f"(shop = '{shop}')::FLOAT" for shop in shops]
    y = f"list_position({kinds}, kind)::INTEGER - 1"
    reader = connection.sql(
        f"SELECT {', '.join([*scaled, *one_hot, 'member::FLOAT', y, 'draw::UTINYINT'])} FROM rows"  # noqa: S608
    ).to_arrow_reader(1 << 17)
    outputs = _Outputs(folder, _sizes_of_draws(sizes), len(shops))
    for batch in reader:
        arrays = [column.to_numpy(zero_copy_only=False) for column in batch.columns]
        outputs.write_all(CODES[arrays[-1]], np.stack(arrays[:-2], axis=1), arrays[-2])


def _texts(connection: Any, query: str) -> list[str]:
    return [text for (text,) in connection.execute(query).fetchall()]


def polars_side(files: list[str], folder: Path) -> None:
    pl = _library("polars")
    draw = (pl.col("row").hash(0) % 10).alias("draw")
    rows = pl.scan_parquet(files).with_row_index("row").with_columns(draw)
    training = rows.filter(pl.col("draw") < 8)
    queries = [
        training.select(
            *(pl.col(n).mean().alias(f"mean {n}") for n in NUMBERS), *(pl.col(n).std(ddof=0) for n in NUMBERS)
        ),
        rows.select(pl.col(*NUMBERS, "shop", "member", "kind").null_count()),
        rows.group_by("draw").len(),
        training.select(pl.col("shop").unique().sort()),
        rows.select(pl.col("kind").unique().sort()),
    ]
    moments, gaps, sizes, shops, kinds = pl.collect_all(queries, engine="streaming")
    _refuse(any(gaps.row(0)))
    mean, deviation = moments.row(0)[: len(NUMBERS)], moments.row(0)[len(NUMBERS) :]
    found_shops, found_kinds = shops["shop"].to_list(), kinds["kind"].to_list()
    columns = [((pl.col(n) - mean[i]) / deviation[i]).cast(pl.Float32) for i, n in enumerate(NUMBERS)]
    columns += [(pl.col("shop") == shop).cast(pl.Float32).alias(shop) for shop in found_shops]
    columns += [pl.col("member").cast(pl.Float32)]
    outputs = _Outputs(folder, _sizes_of_draws(dict(sizes.rows())), len(found_shops))
    start = 0
    for file in files:
        frame = pl.read_parquet(file).with_row_index("row", offset=start).with_columns(draw)
        start += len(frame)
        y = frame.select(pl.col("kind").cast(pl.Enum(found_kinds)).to_physical())["kind"].to_numpy()
        outputs.write_all(CODES[frame["draw"].to_numpy()], frame.select(columns).to_numpy(), y)


def dask_side(files: list[str], folder: Path) -> None:
    dask, dd = _library("dask"), _library("dask.dataframe")
    dask.config.set(scheduler="threads", num_workers=2)
    frame = dd.read_parquet(files, split_row_groups=False, aggregate_files=False)
    frame = frame.map_partitions(_with_codes)
    training = frame[frame["code"] == 0]
    found = dask.compute(
        training[NUMBERS].mean(),
        training[NUMBERS].std(ddof=0),
        training["shop"].unique(),
        frame["kind"].unique(),
        frame.isna().sum(),
        [dask.delayed(_count_codes)(part) for part in frame.to_delayed()],
    )
    mean, deviation, shops, kinds, gaps, counts = found
    _refuse(bool(gaps.any()))
    sizes = np.array(counts)
    starts = np.cumsum(sizes, axis=0) - sizes
    outputs = _Outputs(folder, sizes.sum(axis=0).tolist(), len(shops))
    write = dask.delayed(_write_partition)
    parts = zip(frame.to_delayed(), starts.tolist(), strict=True)
    dask.compute([write(part, at, mean, deviation, sorted(shops), sorted(kinds), outputs) for part, at in parts])


def _with_codes(part: Any) -> Any:
    """The first value seeds the draws, so that both passes have the same."""
    seed = np.frombuffer(part["n0"].to_numpy()[:1].tobytes(), np.uint32)
    return part.assign(code=CODES[np.random.default_rng(seed).integers(0, 10, len(part))])


def _count_codes(part: Any) -> Any:
    return np.bincount(part["code"], minlength=len(SPLITS))


def _write_partition(
    part: Any, starts: list[int], mean: Any, deviation: Any, shops: list[str], kinds: list[str], outputs: "_Outputs"
) -> None:
    import pandas as pd

    one_hot = pd.get_dummies(part["shop"].astype(pd.CategoricalDtype(shops)), dtype=np.float32).to_numpy()
    scaled = (part[NUMBERS].to_numpy() - mean.to_numpy()) / deviation.to_numpy()
    x = np.concatenate([scaled, one_hot, part[["member"]].to_numpy()], axis=1)
    y = pd.Categorical(part["kind"], categories=kinds).codes
    outputs.write_all(part["code"].to_numpy(), x, y, starts)


def _library(name: str) -> Any:
    """One that the environment of Restage lacks."""
    return import_module(name)


def _refuse(has_gaps: bool) -> None:
    if has_gaps:
        raise SystemExit("missing values")


def _sizes_of_draws(counts: dict[int, int]) -> list[int]:
    sizes = [0] * len(SPLITS)
    for draw, count in counts.items():
        sizes[CODES[draw]] += count
    return sizes


class _Outputs:
    """An array of inputs and one of targets for each split, which are written a part at a time."""

    def __init__(self, folder: Path, sizes: list[int], categories: int) -> None:
        folder.mkdir(exist_ok=True)
        self._starts = [0] * len(SPLITS)
        self._arrays = [
            [np.lib.format.open_memmap(folder / f"{name}.{kind}.npy", "w+", dtype, shape) for kind, dtype, shape in of]
            for name, of in (
                (name, [("x", np.float32, (size, len(NUMBERS) + categories + 1)), ("y", np.int32, (size,))])
                for name, size in zip(SPLITS, sizes, strict=True)
            )
        ]

    def write(self, split: int, *parts: Any, start: int | None = None) -> None:
        begin = self._starts[split] if start is None else start
        for array, part in zip(self._arrays[split], parts, strict=True):
            array[begin : begin + len(part)] = part
        self._starts[split] = begin + len(parts[0])

    def write_all(self, codes: Any, x: Any, y: Any, starts: list[int] | None = None) -> None:
        for split in range(len(SPLITS)):
            chosen = np.flatnonzero(codes == split)
            self.write(split, x[chosen], y[chosen], start=None if starts is None else starts[split])


ENGINES: dict[str, Callable[[list[str], Path], None]] = {
    "pandas": pandas_side,
    "duckdb": duckdb_side,
    "polars": polars_side,
    "dask": dask_side,
}


def _files(folder: Path) -> Iterator[str]:
    return (str(file) for file in sorted((folder / "table" / "all").glob("*.parquet")))


if __name__ == "__main__":
    engine, table_folder = sys.argv[1], Path(sys.argv[2])
    ENGINES[engine]([*_files(table_folder)], table_folder / engine)
