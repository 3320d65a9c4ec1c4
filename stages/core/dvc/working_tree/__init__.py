"""The stages that dvc.yaml declares, and the content of the working tree, as DVC sees them; nothing is changed."""
