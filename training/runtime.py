"""What every stage needs to run: device, precision, wall-clock budget, restart, averaged weights."""
import math
import os
import signal
import time
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import torch


def prepare(config):
    """Set threads and seed; returns the device."""
    torch.set_num_threads(config['threads'])
    torch.manual_seed(config['seed'])
    torch.backends.cudnn.benchmark, torch.backends.cudnn.allow_tf32 = True, False  # shapes stay, and a code is a close call
    return torch.device('cuda' if torch.cuda.is_available() else 'cpu')


def autocast(device, config):
    if not config['bf16']:
        return nullcontext()
    return torch.autocast(device.type, torch.bfloat16)


class Session:
    """One stage's time, log and restart point. Time counts across restarts; SIGTERM saves and ends cleanly.

    With seconds_per_step, time is counted in steps instead of by the clock, which makes a run repeatable.
    """

    SAVE_SECONDS = 60

    def __init__(self, folder, minutes, seconds_per_step=None):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.budget = minutes * 60
        self.before, self.started = 0.0, time.time()
        self.seconds_per_step, self.steps = seconds_per_step, 0
        self.saved = time.time()
        self.stopped = False
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, 'stopped', True))

    @property
    def elapsed(self):
        passed = self.steps * self.seconds_per_step if self.seconds_per_step else time.time() - self.started
        return self.before + passed

    def tick(self):
        """A step is done."""
        self.steps += 1

    @property
    def progress(self):
        return min(1.0, self.elapsed / self.budget)

    def resume(self):
        """The state saved last, or None."""
        path = self.folder / 'state.pt'
        if not path.exists():
            return None
        state = torch.load(path, map_location='cpu', weights_only=False)
        self.before, self.started = state['elapsed'], time.time()
        torch.set_rng_state(state['torch_rng'])
        return state

    def save(self, state):
        state = {**state, 'elapsed': self.elapsed, 'torch_rng': torch.get_rng_state()}
        torch.save(state, self.folder / 'state.new')
        os.replace(self.folder / 'state.new', self.folder / 'state.pt')
        self.saved = time.time()
        if self.stopped:
            raise SystemExit(f'{self.folder}: stopped after {self.elapsed / 60:.1f} minutes; start again to go on')

    @property
    def save_due(self):
        return self.stopped or time.time() - self.saved > self.SAVE_SECONDS


def turns(trainer, every):
    """Train until the time is over or SIGTERM comes; yields, every so many steps, the means of what the steps told, by name.
    Saves now and then, and at the end.

    trainer: session, step, train_step() -> {name: number}, save()
    """
    session, told = trainer.session, []
    while session.progress < 1 and not session.stopped:
        values = trainer.train_step()
        trainer.step += 1
        session.tick()
        for name, value in values.items():
            if not math.isfinite(value):
                raise FloatingPointError(f'{session.folder}: "{name}" became {value} at step {trainer.step}; lower the rate')
        told.append(values)
        if trainer.step % every == 0:
            columns = {name: [each[name] for each in told if name in each] for name in values}
            yield {name: sum(column) / len(column) for name, column in columns.items()}
            told = []
        if session.save_due:
            trainer.save()
    trainer.save()


class Average:
    """Exponential moving average of a list of parameters, faster while young."""

    def __init__(self, parameters, decay):
        self.parameters, self.decay, self.steps = list(parameters), decay, 0
        self.values = [p.detach().clone() for p in self.parameters]

    @torch.no_grad()
    def update(self):
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(self.values, [p.detach() for p in self.parameters], 1 - decay)

    @torch.no_grad()
    def swap(self):
        """Exchange averaged and live weights; call again to undo."""
        for p, value in zip(self.parameters, self.values):
            live = p.detach().clone()
            p.copy_(value)
            value.copy_(live)

    def state_dict(self):
        return {'steps': self.steps, 'values': self.values}

    def load_state_dict(self, state):
        self.steps = state['steps']
        for mine, theirs in zip(self.values, state['values']):
            mine.copy_(theirs)


def warm_cosine(step, warm, progress, top, floor):
    """Learning rate: linear over the first steps, then a cosine over the budget."""
    return top * min(1, (step + 1) / warm) * (floor + (1 - floor) * (0.5 + 0.5 * math.cos(math.pi * progress)))


def set_rate(optimizer, rate):
    """Of all groups; one with a share takes that many times the rate."""
    for group in optimizer.param_groups:
        group['lr'] = rate * group.get('share', 1)


def generator(state, seed):
    """numpy generator, continued from a saved state where there is one"""
    rng = np.random.default_rng(seed)
    if state:
        rng.bit_generator.state = state['numpy_rng']
    return rng
