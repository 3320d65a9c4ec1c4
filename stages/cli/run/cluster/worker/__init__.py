"""What runs on a worker: `worker_task` in the worker's process, `run_in_copy` in a process of the chain."""
