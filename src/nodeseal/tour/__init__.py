"""The story, scene by scene, on a real cluster."""
