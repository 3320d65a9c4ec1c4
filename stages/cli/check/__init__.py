"""`restage check`: whether the results of the working tree pass the gates of their datasets."""
