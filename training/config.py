"""The one configuration file of a model."""
from pathlib import Path

import yaml

STAGES = ('data', 'vqgan', 'clip', 'tokens', 'diffusion', 'text', 'evaluate', 'export')
NEEDED = ('name', 'seed', 'threads', 'bf16', 'captions', 'provenance', 'data', 'vqgan', 'clip', 'diffusion', 'text', 'evaluate')


def load(path):
    path = Path(path)
    if not path.exists():
        here = Path(__file__).parent / path
        if not here.exists():
            raise FileNotFoundError(f'there is no configuration {path}')
        path = here
    config = yaml.safe_load(path.read_text())
    missing = [name for name in NEEDED if name not in config]
    if missing:
        raise ValueError(f'{path} lacks {", ".join(missing)}')
    return config
