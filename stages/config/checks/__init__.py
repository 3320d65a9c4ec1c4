"""Checks that keep conf/ from doing harm: kinds and sizes of files, hidden inputs, secrets, endless evaluations."""
