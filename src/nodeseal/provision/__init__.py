"""Get the real thing: a verified engine, and a Java that runs it."""
