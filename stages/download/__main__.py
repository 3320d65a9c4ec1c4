"""`python3 -m stages.download KEY`: the source that conf/ names becomes data/raw/KEY."""

from stages.core import paths
from stages.core.params import stage_params
from stages.core.raw import write_raw
from stages.core.stage import main
from stages.download.params import Download
from stages.download.sources import obtain


def run(key: str) -> None:
    write_raw(obtain(stage_params(Download, key, "download")), paths.raw(key))


if __name__ == "__main__":
    main("download", run)
