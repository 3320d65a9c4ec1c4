"""What every stage needs and nothing else."""

import time

# Code that changes after this moment may have been loaded as it was before.
LOADING_SINCE = time.time_ns()
