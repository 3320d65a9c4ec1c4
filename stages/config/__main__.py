"""python3 -m stages.config: the guard stage, ancestor of every other."""

import sys

from stages.config.guard import guard
from stages.core.stage import DEBUG, told

if __name__ == "__main__":
    with told(DEBUG in sys.argv, "guard"):
        guard()
