"""Everything about files: reading, hazards, writing, annotating."""
