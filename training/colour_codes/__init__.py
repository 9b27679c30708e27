"""Codes that tell a colour, added to a trained model. An iris is ten pixels wide: VQGAN and k-means find other things worth a code, and
blue eyes come back green. So some places of the grid get codes of their own, each a look there times a colour; the renderer knows the
colours. Encoder, decoder and denoiser learn what they mean, each alone, and what all other codes mean stays.

python -m training.colour_codes CONFIG --data DIR --vqgan DIR --clip DIR --diffusion DIR --out DIR [--only STAGE]

writes OUT/vqgan, OUT/cache, OUT/diffusion, and OUT/config.yaml for what comes after. Each stage goes on where it was stopped, and is passed over when its time is spent.
"""
