"""The one configuration file of a model."""
import argparse
from pathlib import Path

import yaml

STAGES = ('data', 'vqgan', 'clip', 'tokens', 'diffusion', 'text', 'pieces', 'rewording', 'naming', 'evaluate', 'export')
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


def command(run, *folders):
    """The command line of one stage: run(config, *folders)."""
    parser = argparse.ArgumentParser()
    parser.add_argument('config')
    for name in folders:
        parser.add_argument(f'--{name}', required=True)
    given = vars(parser.parse_args())
    run(load(given.pop('config')), *given.values())
