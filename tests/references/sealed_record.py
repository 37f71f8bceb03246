"""What a contestant is told of a sealed split of two recordings."""

RECORD = {
    "sealed": 1,
    "split": "sealed-0123456789abcdef0123456789abcdef",
    "track": "localization",
    "protocol": "doa-scene/1",
    "recipe": {"file": "sealed.yaml", "sha256": "0" * 64},
    "secret_sha256": "0" * 64,
    "scenes_hmac_sha256": "0" * 64,
    "num_items": 2,
    "sample_rate": 16000.0,
    "speed_of_sound": 343.2,
    "microphones": [[0.1, 0.0, 0.0]],
    "audio_sha256": ["0" * 64] * 2,
    "versions": {},
}
