"""`restage tune`: searches the parameters of preprocess and train that are best on the validation rows."""
