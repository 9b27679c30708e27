"""Trains on a machine that is there for half an hour only, whose calls are short: the stages run on behind them, side by side.

python -m training.lease CONFIG --state DIR --out DIR --minutes 9    one call: begins where the last one was, waits, brings results to --out
python -m training.lease --join DIR --state DIR                      at home: the parts of the last call -> the run's folder
python -m training.lease --slim DIR | --restore DIR                  take what training does not need out of the working copy, and put it back

Renders are drawn all along; the VQGAN's codes and CLIP are learnt together from the first of them; as soon as tokens are final the
diffusion starts, beside what is left of the decoder, the text tower and the judges. A call that ends leaves all of it running.

The section `lease` of the configuration replaces values of the others (minutes, batches, counts); "diffusion.batch: 512" is one line of
it, and `lease.first` is how many pictures training waits for. What comes back are averaged weights in half precision with what the next
stage needs, in files of at most 15 MiB.
"""
import argparse
import copy
import json
import os
import shutil
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
NEEDLESS = ('test/golden', 'screenshot.webp')  # of the working copy; training reads none of it
FIRST = 4000  # pictures
JUDGED = 14000  # pictures that the classifier learns from: it has processors only, the GPU is the diffusion's
ATTEMPTS = 3  # of a stage that fails: each goes on from what it saved
# What a run needs in order to go on elsewhere, by stage; optimisers stay behind.
KEPT = {
    'vqgan': ('log.csv', 'reconstructions.png'), 'clip': ('log.csv',), 'clip/text': ('log.csv',), 'diffusion': ('log.csv', 'curves.png'),
    'judge': ('classifier.pt', 'face_check.pt'), 'data': ('meta.json',),
}  # fmt: skip


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


class Conductor:
    """Starts each stage as its own process once what it needs is there; again, a few times, where it fails."""

    def __init__(self, state, say=print):
        self.state, self.say = state, say
        self.config = yaml.safe_load((state / 'config.yaml').read_text())
        self.running, self.failed, self.begun = {}, {}, time.monotonic()

    def command(self, name):
        module, data = [sys.executable, '-m'], self.state / 'data'
        if name == 'classifier':
            return [*module, 'training.evaluate.classifier', '--data', data, '--out', self.state / 'judge/classifier.pt', '--minutes', 60, '--pictures', JUDGED]
        if name == 'face_check':
            return [*module, 'training.evaluate.face_check', '--data', data, '--out', self.state / 'judge/face_check.pt', '--minutes', 60]
        if name == 'compile':
            return [*module, 'training.diffusion', self.state / 'config.yaml', '--compile']
        return [*module, 'training.run', self.state / 'config.yaml', '--only', name.removeprefix('more_'), '--run', self.state]

    def complete(self, name):
        return (self.state / f'{name}.complete').exists()

    def pictures(self):
        done = self.state / 'data/done.json'
        return json.loads(done.read_text())['count'] if done.exists() else 0

    def tokens_final(self):
        return self.complete('vqgan') or (self.state / 'vqgan/tokens_final').exists()

    def due(self):
        """Names of what could run now."""
        faces, enough = self.config['captions'] == 'faces', self.complete('data') or self.pictures() >= self.config.get('first', FIRST)
        yield 'data', True
        yield 'compile', torch.cuda.is_available()
        yield 'vqgan', enough
        yield 'clip', enough
        yield 'tokens', enough and self.complete('clip') and self.tokens_final()
        yield 'more_tokens', self.complete('tokens') and self.complete('data')
        yield 'diffusion', self.complete('tokens')
        yield 'text', self.complete('tokens')
        yield 'classifier', faces and self.complete('data')
        yield 'face_check', faces and self.complete('data')

    def turn(self):
        """Start and collect what is due -> whether anything is running."""
        for name, process in list(self.running.items()):
            code = process.poll()
            if code is None:
                continue
            del self.running[name]
            if code == 0:
                (self.state / f'{name}.complete').touch()
            else:
                self.failed[name] = self.failed.get(name, 0) + 1
            self.say(f'{self.minutes():.2f} {name}: {"complete" if code == 0 else f"failed with {code}"}', flush=True)
        for name, ready in self.due():
            if ready and name == 'tokens' and self.complete('data'):
                (self.state / 'more_tokens.complete').touch()  # there are no more to come
            if ready and name not in self.running and not self.complete(name) and self.failed.get(name, 0) < ATTEMPTS:
                (self.state / 'judge').mkdir(exist_ok=True)
                with open(self.state / f'{name}.txt', 'a') as log:
                    command = [str(part) for part in self.command(name)]
                    extra = {'OMP_NUM_THREADS': '1' if name == 'data' else '6'}
                    if name in ('classifier', 'face_check'):
                        extra['CUDA_VISIBLE_DEVICES'] = ''
                    self.running[name] = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, **extra})
                self.say(f'{self.minutes():.2f} {name}: begins', flush=True)
        return bool(self.running)

    def minutes(self):
        return (time.monotonic() - self.begun) / 60

    def status(self):
        """One line: pictures so far, and the last line of each stage that runs."""
        line = [f'{self.minutes():.1f} min, {self.pictures()} pictures']
        for name in self.running:
            log = self.state / {'text': 'clip/text'}.get(name, name) / 'log.csv'
            rows = log.read_text().splitlines() if log.exists() else (self.state / f'{name}.txt').read_text().splitlines()[-1:]
            line.append(f'{name} {rows[-1][:90] if rows else ""}')
        return ' | '.join(line)

    def run(self, every=30):
        told = 0.0
        while self.turn():
            time.sleep(0.5)
            if time.monotonic() - told > every:
                told = time.monotonic()
                self.say(self.status(), flush=True)
        (self.state / 'over').touch()
        self.say(f'{self.minutes():.2f} over', flush=True)


def call(config, state, minutes, say=print):
    """Begin or go on, and wait until all is over or the time is -> whether all is over."""
    deadline = time.monotonic() + 60 * minutes
    state.mkdir(parents=True, exist_ok=True)
    pid, log = state / 'conductor.pid', state / 'conductor.txt'
    if not (state / 'over').exists() and not (pid.exists() and Path(f'/proc/{pid.read_text()}').exists()):
        (state / 'config.yaml').write_text(yaml.safe_dump(leased(config)))
        with open(log, 'a') as out:
            process = subprocess.Popen([sys.executable, '-m', 'training.lease', '--conduct', str(state)], cwd=ROOT, stdout=out, stderr=out, start_new_session=True)
        pid.write_text(str(process.pid))
    said = 0
    while True:
        over = (state / 'over').exists() or time.monotonic() > deadline
        lines = log.read_text().splitlines() if log.exists() else []
        for line in lines[said:]:
            say(line, flush=True)
        said = len(lines)
        if over:
            return (state / 'over').exists()
        time.sleep(1)


def halved(value, without=()):
    """A state with its large floating-point tensors in 16 bits."""
    if isinstance(value, torch.Tensor):
        return value.half() if value.is_floating_point() and value.numel() > 4096 else value.clone()
    if isinstance(value, dict):
        return {key: halved(each) for key, each in value.items() if key not in ('optimizer', 'critic', 'discriminator', *without)}
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
            for name in names:
                if (folder / name).exists():
                    tar.add(folder / name, f'{stage}/{name}')
            if (folder / 'state.pt').exists():
                slim = folder / 'state.half'
                # Averages of all weights stand for the weights themselves.
                without = {'diffusion': ('model',), 'clip': ('model',), 'clip/text': ('live', 'average')}.get(stage, ())
                torch.save(halved(torch.load(folder / 'state.pt', map_location='cpu', weights_only=False), without), slim)
                tar.add(slim, f'{stage}/state.pt')
                slim.unlink()
        for path in (state / 'config.yaml', *sorted(state.glob('*.txt'))):
            tar.add(path, path.name)
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
    parser.add_argument('--conduct', type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.slim or given.restore:
        move(NEEDLESS, *((ROOT, given.slim) if given.slim else (given.restore, ROOT)))
    elif given.conduct:
        Conductor(given.conduct).run()
    elif given.join:
        print('\n'.join(join(given.join, given.state)))
    elif given.config and given.state and given.out:
        over = call(configuration.load(given.config), given.state, given.minutes)
        print(f'{"all is over" if over else "it goes on"}; {parts(given.state, given.out)} parts in {given.out}')
    else:
        parser.error('give CONFIG --state --out, or --join --state, or --slim, or --restore')


if __name__ == '__main__':
    main()
