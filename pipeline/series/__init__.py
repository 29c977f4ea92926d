"""Exports under one name: what the last one held, so that the next can tell what changed."""
