"""Shared by all stages: data formats, parameters, paths, errors, and how a stage runs."""

import time

# Code that changes after this moment may have been loaded as it was before.
LOADING_SINCE = time.time_ns()
