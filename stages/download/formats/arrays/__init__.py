"""Files with arrays: CIFAR, IDX, NumPy and Reuters."""
