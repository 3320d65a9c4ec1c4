"""conf/ to params.yaml: one composition, Hydra's, checked against the types of the stages themselves."""
