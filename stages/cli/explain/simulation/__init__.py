"""Which stages a run would run, found by following DVC's steps in memory."""
