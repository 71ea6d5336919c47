"""Real servers: local processes, their logs, their REST interface."""
