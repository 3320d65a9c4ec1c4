"""The validate stage: checks raw data against expectations, leakage and drift."""
