"""nodeseal: encrypted, mutually authenticated clusters, proved on the real engine."""
