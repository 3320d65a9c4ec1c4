"""Tries a new dataset, stores its data and writes its file in conf/."""
