"""The two sides of a case: the code of a tutorial, and the code of the stages."""
