"""The training loop: batches, compiled epochs, early stopping, checkpoints, seeds."""
