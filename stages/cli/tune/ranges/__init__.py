"""The ranges in conf/tune: how they are read and checked."""
