"""Profiles of raw data, and how far data moved from the accepted profile."""
