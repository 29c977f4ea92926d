"""Foreign names and values into ours; near names."""
