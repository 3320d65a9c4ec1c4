"""`python3 -m stages.download KEY`: the source that conf/ names becomes data/raw/KEY."""

from stages.core import paths
from stages.core.artefacts.raw import write_raw
from stages.core.params import stage_params
from stages.core.runtime.stage import main
from stages.download.params import Download
from stages.download.sources import obtain


def run(key: str) -> None:
    write_raw(obtain(stage_params(Download, key, "download")), paths.raw_data(key))


if __name__ == "__main__":
    main("download", run)
