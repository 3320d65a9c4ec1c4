"""Where and how chains run: the scheduler, the executors' protocol, and the executor of this machine."""
