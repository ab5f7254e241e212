"""Measurements against peers, as ratios in one run. Never part of the tests: `make bench` prints tables."""
