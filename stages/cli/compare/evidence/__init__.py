"""Whether a metric differs by more than noise: seeds, resampled rows, and rows that changed sides."""
