"""The preprocess stage: split raw rows, fit on the training rows, transform all splits."""
