"""The commands of `restage`, one function each. A command imports its modules when it runs, so that help is fast."""
