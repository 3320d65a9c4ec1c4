"""Kills of `restage run` and of `dvc repro`, at random and aimed at what they write; the next run must recover."""
