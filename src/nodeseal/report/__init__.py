"""Telling it."""
