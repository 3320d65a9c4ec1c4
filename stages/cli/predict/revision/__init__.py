"""The files of an earlier revision, out of DVC's cache or remote, in a temporary folder."""
