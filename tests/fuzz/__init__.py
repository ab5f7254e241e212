"""Coverage-guided fuzzing of everything that reads bytes from the wire: `make fuzz`."""
