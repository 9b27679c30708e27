"""All stages of a model in order: python -m training.run configs/faces256.yaml [--only STAGE] [--minutes N]

Each stage goes on where it was stopped; a stage whose time is spent is passed over.
"""
import argparse
import subprocess
import sys
from pathlib import Path

from . import cache, clip, diffusion, export, figures, naming, pieces, rewording, text, vqgan
from . import config as configuration


def render(config, data):
    """Stage data: pictures and attributes; the renderer continues a folder that it has begun."""
    options = config['data']
    if options['source'] == 'shapes':
        from .tests import shapes
        return shapes.write(data, options['count'], options['size'], config['seed'])
    arguments = [f'--{name}={options[name]}' for name in ('count', 'size', 'seed', 'workers')]
    subprocess.run([sys.executable, '-m', 'training.faces.dataset', *arguments, f'--out={data}'], check=True)


def stages(config, data, run, minutes):
    return {
        'data': lambda: render(config, data),
        'vqgan': lambda: vqgan.train(config, data, run / 'vqgan'),
        'clip': lambda: clip.train(config, data, run / 'clip'),
        'tokens': lambda: cache.build(config, data, run / 'vqgan', run / 'clip', run / 'cache'),
        'diffusion': lambda: diffusion.train(config, run / 'cache', run / 'diffusion', minutes),
        'text': lambda: text.train(config, data, run / 'cache', run / 'clip'),
        'pieces': lambda: pieces.train(config, run / 'clip'),
        'rewording': lambda: rewording.train(config, run / 'clip'),
        'naming': lambda: naming.train(config, run / 'clip'),
        'evaluate': lambda: figures.evaluate(config, data, run),
        'export': lambda: export.export(config, run, run / 'export'),
    }


def scaled(config, minutes):
    """The same shares of another total budget."""
    parts = [*config['vqgan']['minutes'].values(), config['clip']['minutes'], config['diffusion']['minutes'], config['text']['minutes']]
    factor = minutes / sum(parts)
    config['vqgan']['minutes'] = {name: value * factor for name, value in config['vqgan']['minutes'].items()}
    for name in ('clip', 'diffusion', 'text'):
        config[name]['minutes'] *= factor


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python -m training.run', description=__doc__)
    parser.add_argument('config')
    parser.add_argument('--only', choices=configuration.STAGES)
    parser.add_argument('--minutes', type=float, help='training time of all stages together; with --only diffusion, of that stage')
    parser.add_argument('--data', type=Path, help='folder of pictures (runs/NAME/data)')
    parser.add_argument('--run', type=Path, help='folder of everything that is made (runs/NAME)')
    given = parser.parse_args(arguments)
    config = configuration.load(given.config)
    run = given.run or Path('runs') / config['name']
    alone = given.minutes if given.only == 'diffusion' else None
    if given.minutes and not alone:
        scaled(config, given.minutes)
    todo = stages(config, given.data or run / 'data', run, alone)
    for name in [given.only] if given.only else configuration.STAGES:
        print(f'== {name}', flush=True)
        todo[name]()


if __name__ == '__main__':
    main()
