"""Trains the built-in model from scratch: VQGAN, CLIP and the mask-and-replace diffusion."""
