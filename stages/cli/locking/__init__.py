"""requirements.lock, cut into what each stage's results depend on."""
