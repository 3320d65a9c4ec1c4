"""python3 -m stages.config: the guard stage, ancestor of every other."""

from stages.config.guard import guard
from stages.core.runtime.stage import single

if __name__ == "__main__":
    single("guard", guard)
