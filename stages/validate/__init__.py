"""Raw data against the expectations written in conf/: pass, or say which rows do not."""
