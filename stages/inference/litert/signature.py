"""The name under which a LiteRT file lists its inputs and outputs."""

SIGNATURE = "serving_default"
