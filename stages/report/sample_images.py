"""Raw images with their labels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stages.core.artefacts.raw import Images
from stages.report.charts.image_data_uris import data_uris
from stages.report.sample_rows import locate_row


@dataclass(frozen=True)
class SampleImage:
    uri: str
    label: str


def sample_images(raw: Images, rows: Sequence[int]) -> list[SampleImage]:
    located = [locate_row(raw, row) for row in rows]
    uris = data_uris([np.asarray(raw.images[split][index]) for split, index in located])
    labels = [raw.classes[int(raw.labels[split][index])] for split, index in located]
    return [SampleImage(uri, label) for uri, label in zip(uris, labels, strict=True)]
