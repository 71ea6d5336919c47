"""What is really on the wire."""
