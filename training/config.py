"""The one configuration file of a model."""
from pathlib import Path

import yaml

STAGES = ('data', 'vqgan', 'clip', 'tokens', 'diffusion', 'evaluate', 'export')


def load(path):
    path = Path(path)
    if not path.exists():
        here = Path(__file__).parent / path
        if not here.exists():
            raise FileNotFoundError(f'there is no configuration {path}')
        path = here
    config = yaml.safe_load(path.read_text())
    missing = [name for name in ('name', 'seed', 'threads', 'bf16', 'vqgan') if name not in config]
    if missing:
        raise ValueError(f'{path} lacks {", ".join(missing)}')
    return config
