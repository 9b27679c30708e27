"""Trains on a machine that is there for a while only: in calls of a few minutes, each of which goes on where the last one stopped.

python -m training.lease CONFIG --state DIR --out DIR --minutes 9    one call: stages in order until its time is over, results into --out
python -m training.lease CONFIG --join DIR --state DIR               at home: the parts of the last call -> the run's folder
python -m training.lease --slim DIR | --restore DIR                  take what training does not need out of the working copy, and put it back

The section `lease` of the configuration replaces values of the others (minutes, batches, counts); "diffusion.batch: 512" is one line of
it. What comes back are averaged weights in half precision with what the next stage needs, in files of at most 15 MiB, and a sheet of samples.
"""
import argparse
import copy
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import torch
import yaml

from . import config as configuration

ROOT = Path(__file__).resolve().parents[1]
PART = 15 << 20
NEEDLESS = ('public/models/toon', 'test/golden', 'screenshot.webp')  # of the working copy; training reads none of it
STAGES = ('data', 'vqgan', 'clip', 'tokens', 'diffusion', 'text', 'evaluate', 'export')
GRACE = 20  # seconds a stage has to save when its call is over
# What a run needs in order to go on elsewhere, by stage; optimisers stay behind.
KEPT = {'vqgan': ('log.csv', 'reconstructions.png'), 'clip': ('log.csv',), 'diffusion': ('log.csv', 'curves.png'), 'export': None}


def leased(config):
    """The configuration with its section `lease` put in place."""
    config = copy.deepcopy(config)
    for name, value in config.pop('lease', {}).items():
        *way, last = name.split('.')
        section = config
        for step in way:
            section = section[step]
        if last not in section:
            raise ValueError(f'lease names "{name}", which the configuration does not have')
        section[last] = value
    return config


def call(config, state, minutes, say=print):
    """Run stages until the time is over -> names of those that are complete."""
    deadline = time.monotonic() + 60 * minutes
    state.mkdir(parents=True, exist_ok=True)
    written = state / 'config.yaml'
    written.write_text(yaml.safe_dump(leased(config)))
    complete = []
    for name in STAGES:
        left = deadline - time.monotonic() - GRACE
        mark = state / f'{name}.complete'
        if mark.exists():
            complete.append(name)
            continue
        if left <= 0:
            break
        say(f'== {name}, {left / 60:.1f} minutes left', flush=True)
        process = subprocess.Popen([sys.executable, '-m', 'training.run', str(written), '--only', name, '--run', str(state)], cwd=ROOT)
        try:
            code = process.wait(left)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)  # it saves, and the next call goes on
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
            break
        if code:
            raise SystemExit(f'stage {name} failed with {code}; its message is above, and the next call begins with it')
        mark.touch()
        complete.append(name)
    return complete


def halved(value):
    """A state with all its floating-point tensors in 16 bits."""
    if isinstance(value, torch.Tensor):
        return value.half() if value.is_floating_point() and value.numel() > 4096 else value.clone()
    if isinstance(value, dict):
        return {key: halved(each) for key, each in value.items() if key not in ('optimizer', 'critic', 'discriminator')}
    if isinstance(value, (list, tuple)):
        return type(value)(halved(each) for each in value)
    return value


def parts(state, out):
    """What there is of a run, as OUT/run.tar.00, .01, ... -> their number"""
    out.mkdir(parents=True, exist_ok=True)
    archive = state / 'run.tar'
    with tarfile.open(archive, 'w') as tar:
        for stage, names in KEPT.items():
            folder = state / stage
            if not folder.exists():
                continue
            for name in names if names is not None else sorted(p.name for p in folder.iterdir()):
                if (folder / name).exists():
                    tar.add(folder / name, f'{stage}/{name}')
            if names is not None and (folder / 'state.pt').exists():
                slim = folder / 'state.half'
                torch.save(halved(torch.load(folder / 'state.pt', map_location='cpu', weights_only=False)), slim)
                tar.add(slim, f'{stage}/state.pt')
                slim.unlink()
        for name in ('metrics.json', 'samples.png', 'config.yaml'):
            if (state / name).exists():
                tar.add(state / name, name)
    count = 0
    with open(archive, 'rb') as whole:
        while piece := whole.read(PART):
            (out / f'run.tar.{count:02}').write_bytes(piece)
            count += 1
    archive.unlink()
    return count


def join(folder, state):
    """The parts of a call -> the folder of a run."""
    found = sorted(folder.glob('run.tar.*'))
    if not found or [p.suffix for p in found] != [f'.{i:02}' for i in range(len(found))]:
        raise SystemExit(f'{folder} lacks parts: found {", ".join(p.name for p in found) or "none"}')
    state.mkdir(parents=True, exist_ok=True)
    whole = state / 'run.tar'
    with open(whole, 'wb') as file:
        for part in found:
            file.write(part.read_bytes())
    with tarfile.open(whole) as tar:
        tar.extractall(state, filter='data')
    whole.unlink()
    return sorted(str(p.relative_to(state)) for p in state.rglob('*') if p.is_file())


def move(names, source, target):
    for name in names:
        if (source / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(source / name, target / name)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python -m training.lease', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', nargs='?')
    parser.add_argument('--state', type=Path, help='folder of the run, outside the working copy')
    parser.add_argument('--out', type=Path, help='where the parts go')
    parser.add_argument('--minutes', type=float, default=9)
    parser.add_argument('--join', type=Path)
    parser.add_argument('--slim', type=Path)
    parser.add_argument('--restore', type=Path)
    given = parser.parse_args(arguments)
    if given.slim or given.restore:
        move(NEEDLESS, *((ROOT, given.slim) if given.slim else (given.restore, ROOT)))
    elif given.join:
        print('\n'.join(join(given.join, given.state)))
    elif given.config and given.state and given.out:
        done = call(configuration.load(given.config), given.state, given.minutes)
        print(f'complete: {", ".join(done) or "nothing yet"}; {parts(given.state, given.out)} parts in {given.out}')
    else:
        parser.error('give CONFIG --state --out, or --join --state, or --slim, or --restore')


if __name__ == '__main__':
    main()
