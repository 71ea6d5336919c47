"""Is it good: rules over observations."""
