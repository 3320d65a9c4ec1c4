"""Processes with libraries loaded, from which stages are forked."""
