"""The guard stage, on which all others depend: checks params.yaml and writes each dataset's parameters."""
