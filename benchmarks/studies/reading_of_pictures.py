"""python -m benchmarks.studies.reading_of_pictures FOLDER [PICTURES]

Writes MNIST as 70,000 PNG files in class folders below FOLDER, and compares the download stage with Pillow alone: the
processor time of one core, the peak memory, and the arrays, which must be those of the IDX files. `PICTURES` is the
number of pictures of each split to write. MNIST is downloaded, or comes from RESTAGE_MIRROR.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from stages.core.run_stage.stage import report_user_errors

MNIST = Path("conf/source/mnist.yaml")
SPLITS = ("train", "test")
KIBIBYTE = 1024


def main(folder: Path, pictures: int | None) -> None:
    """Each part runs in a process of its own, whose peak memory is its own."""
    run_part("write", folder, pictures)
    pillow, ours = run_part("pillow", folder, pictures), run_part("restage", folder, pictures)
    print("| | processor time | peak memory |\n| --- | --- | --- |")
    for name, result in (("Pillow alone", pillow), ("`restage`, with hashes and checks", ours)):
        print(f"| {name} | {result['seconds']:.1f} s | {result['bytes'] / 1e6:,.0f} MB |")
    print(f"{ours['pictures']:,} pictures; {ours['seconds'] / pillow['seconds']:.2f} times Pillow's time")


def run_part(part: str, folder: Path, pictures: int | None) -> Mapping[str, Any]:
    command = [sys.executable, "-m", "benchmarks.studies.reading_of_pictures", f"--{part}", str(folder)]
    done = subprocess.run([*command, str(pictures or "")], stdout=subprocess.PIPE, text=True, check=True)
    result: Mapping[str, Any] = json.loads(done.stdout)
    return result


def load_mnist() -> Any:
    from stages.download.load_source import load_source
    from stages.download.params.file_params import Http

    return load_source(Http.model_validate(yaml.safe_load(MNIST.read_text(encoding="utf-8"))))


def write_pictures(folder: Path, pictures: int | None) -> dict[str, Any]:
    from PIL import Image

    raw = load_mnist()
    for split in SPLITS:
        for name in raw.classes:
            (folder / split / name).mkdir(parents=True, exist_ok=True)
        pairs = zip(raw.images[split][:pictures], raw.labels[split][:pictures], strict=True)
        for number, (image, label) in enumerate(pairs):
            Image.fromarray(image).save(folder / split / raw.classes[label] / f"{number:05}.png")
    return {}


def read_by_pillow(folder: Path, _: int | None) -> dict[str, Any]:
    import numpy as np
    from PIL import Image

    start = time.process_time()
    files = [file for split in SPLITS for file in sorted((folder / split).rglob("*.png"))]
    images = np.stack([np.asarray(Image.open(file)) for file in files])
    return measured(start, len(images))


def read_by_restage(folder: Path, pictures: int | None) -> dict[str, Any]:
    """Raises AssertionError if the arrays are not those of the IDX files, in order of class."""
    import numpy as np

    from stages.download.formats.pictures.folder_hash import folder_hash, hash_folder
    from stages.download.load_source import load_source
    from stages.download.params.file_params import File

    hashes = {split: folder_hash(hash_folder(folder / split)) for split in SPLITS}
    start = time.process_time()
    files = {split: {"path": str(folder / split), "sha256": hashes[split]} for split in SPLITS}
    picture_format = {"format": "pictures", "size": [28, 28], "colour": "grey"}
    raw: Any = load_source(File.model_validate({"source": "file", "format": picture_format, "files": files}))
    result = measured(start, sum(map(len, raw.images.values())))
    mnist = load_mnist()
    for split in SPLITS:
        labels = mnist.labels[split][:pictures]
        order = np.argsort(labels, kind="stable")
        np.testing.assert_array_equal(raw.labels[split], labels[order], strict=True)
        np.testing.assert_array_equal(raw.images[split], mnist.images[split][:pictures][order], strict=True)
    return result


def measured(start: float, pictures: int) -> dict[str, Any]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else KIBIBYTE)
    return {"seconds": time.process_time() - start, "bytes": peak, "pictures": pictures}


PARTS = {"--write": write_pictures, "--pillow": read_by_pillow, "--restage": read_by_restage}

if __name__ == "__main__":
    with report_user_errors("benchmarks.studies.reading_of_pictures", debug=False):
        part = PARTS.get(sys.argv[1])
        arguments = sys.argv[1:] if part is None else sys.argv[2:]
        count = int(arguments[1]) if arguments[1:] and arguments[1] else None
        if part is None:
            main(Path(arguments[0]), count)
        else:
            print(json.dumps(part(Path(arguments[0]), count)))
