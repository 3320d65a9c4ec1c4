"""`restage refresh`: what changed in the data of a source, and the hashes of the present data in conf/."""
