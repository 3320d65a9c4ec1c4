"""What the project knows about DVC: dvc.yaml, dvc.lock, the cache, and DVC's Python classes."""
