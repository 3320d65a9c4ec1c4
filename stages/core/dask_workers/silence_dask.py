"""What a person needs to know is said by messages of ours; Dask logs the same events with tracebacks."""

import logging


def silence_dask() -> None:
    """Only loggers that exist, which those of imported modules do."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
