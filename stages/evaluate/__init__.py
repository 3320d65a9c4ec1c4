"""The evaluate stage: metrics of the trained model and of baselines, on rows that the model was not trained on."""
