"""What identifies a study, and the journal of its finished trials, from which an interrupted one goes on."""
