"""`restage new`: looks at a file and writes a dataset of conf/dataset for it."""
