"""Profiles of raw data, and drift from the accepted profile."""
