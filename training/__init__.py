"""Training of the models that the page runs."""
