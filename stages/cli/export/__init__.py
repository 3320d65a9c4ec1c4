"""`restage export`: a folder with the model, and its entry among the artifacts of dvc.yaml."""
