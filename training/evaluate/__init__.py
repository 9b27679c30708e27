"""Evaluation of a pack by the engine that ships: `python -m training.evaluate --help`."""
