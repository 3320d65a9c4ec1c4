"""Tables for which `restage new` is called."""

import numpy as np
import pandas as pd


def flowers(rows: int = 60) -> pd.DataFrame:
    """Two measures and a class of three that follows from them."""
    random = np.random.default_rng(0)
    kind = np.arange(rows) % 3
    frame = pd.DataFrame({"length": kind * 2 + random.normal(4, 0.3, rows), "width": random.normal(3, 0.3, rows)})
    return frame.round(2).assign(kind=[["aster", "rose", "tulip"][n] for n in kind])


def grouped_flowers() -> pd.DataFrame:
    """Four flowers of each plant."""
    frame = flowers()
    return frame.assign(plant=[f"plant {n // 12}, {kind}" for n, kind in enumerate(frame["kind"])])
