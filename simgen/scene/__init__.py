"""What a scene is: parsed, validated, drawn. No sound, no storage."""
