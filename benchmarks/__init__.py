"""Compares the speed of the stages with the code of tutorials: the same models and data, on this machine."""
