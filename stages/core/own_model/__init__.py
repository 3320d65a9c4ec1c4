"""Python files of the user, in conf/models: models, layers, losses and metrics of their own."""
