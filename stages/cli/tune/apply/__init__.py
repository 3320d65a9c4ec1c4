"""`restage tune --apply`: writes the values of the best trial into conf/dataset."""
