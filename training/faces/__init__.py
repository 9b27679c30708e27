"""Captioned computer-graphics portraits of people who do not exist: the data of the built-in text-to-image model."""

VERSION = "2.0"
