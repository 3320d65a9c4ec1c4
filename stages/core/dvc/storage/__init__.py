"""DVC's cache, run cache and remotes, and their configuration."""
