"""Raw data to arrays: split, fit on the training rows alone, then treat every split the same."""
