"""`restage predict`: predictions of new rows, or of the rows of a split, with a model of the pipeline."""
