"""The steps of a series: which are allowed where, and those on windows."""
