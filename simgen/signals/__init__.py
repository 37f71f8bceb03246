"""What sources emit."""
