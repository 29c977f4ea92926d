"""What the program costs beside what a person would use instead: `python -m benchmarks`."""
