"""What is true about a scene, as arrays."""
