"""What should exist: the cluster that the user asked for."""
