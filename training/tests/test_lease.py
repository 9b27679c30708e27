"""Calls that end early and go on, and what comes back from them, in miniature."""
import pytest
import torch
import yaml

from training import config as configuration
from training import clip, diffusion, lease, vqgan


@pytest.fixture(scope='module')
def state(tmp_path_factory):
    return tmp_path_factory.mktemp('lease')


def test_a_lease_replaces_only_what_is_there():
    config = configuration.load('configs/smoke.yaml')
    assert lease.leased({**config, 'lease': {'diffusion.batch': 16}})['diffusion']['batch'] == 16
    with pytest.raises(ValueError, match='diffusion.betch'):
        lease.leased({**config, 'lease': {'diffusion.betch': 16}})


def test_stages_run_on_between_calls_until_all_are_complete(state):
    config, said = configuration.load('configs/smoke.yaml'), []
    say = lambda line, **_: said.append(line)
    assert not lease.call(config, state, minutes=0.1, say=say)
    begun = (state / 'conductor.pid').read_text()
    for _ in range(12):
        if lease.call(config, state, minutes=3, say=say):
            break
    assert (state / 'conductor.pid').read_text() == begun
    assert not [line for line in said if 'failed' in line]
    order = [line.split()[1][:-1] for line in said if line.endswith('begins')]
    assert order.index('tokens') > order.index('vqgan') and order[-2:] == ['diffusion', 'text']
    assert all((state / f'{name}.complete').exists() for name in ('data', 'vqgan', 'clip', 'tokens', 'diffusion', 'text'))


def test_a_stage_that_fails_is_begun_again_a_few_times(tmp_path):
    (tmp_path / 'config.yaml').write_text('{captions: shapes, name: x}')  # far too little: every stage fails at once
    said = []
    conductor = lease.Conductor(tmp_path, say=lambda line, **_: said.append(line))
    while conductor.turn():
        pass
    assert [line.split(' ', 1)[1] for line in said] == ['data: begins', 'data: failed with 1'] * lease.ATTEMPTS


def test_what_comes_back_can_be_joined(state, tmp_path, monkeypatch):
    monkeypatch.setattr(lease, 'PART', 1_000_000)
    assert lease.parts(state, tmp_path / 'out') > 2
    home = tmp_path / 'home'
    names = lease.join(tmp_path / 'out', home)
    assert {'diffusion/state.pt', 'clip/state.pt', 'clip/text/state.pt', 'vqgan/state.pt', 'diffusion.txt'} <= set(names)
    mine = torch.load(home / 'diffusion/state.pt', weights_only=False)
    theirs = torch.load(state / 'diffusion/state.pt', weights_only=False)
    assert 'optimizer' not in mine and mine['step'] == theirs['step']
    for a, b in zip(mine['average']['values'], theirs['average']['values']):
        torch.testing.assert_close(a.float(), b, atol=1e-3, rtol=1e-3)
    config = yaml.safe_load((home / 'config.yaml').read_text())
    for load, folder in ((clip.load_trained, 'clip'), (vqgan.load_trained, 'vqgan'), (diffusion.load_trained, 'diffusion')):
        load(config, home / folder)
    config['diffusion']['minutes'] = mine['elapsed'] / 60 + 0.02
    diffusion.train(config, state / 'cache', home / 'diffusion')  # goes on from the averages
    assert torch.load(home / 'diffusion/state.pt', weights_only=False)['step'] > mine['step']
    (tmp_path / 'out/run.tar.01').unlink()
    with pytest.raises(SystemExit, match='lacks parts'):
        lease.join(tmp_path / 'out', tmp_path / 'elsewhere')


def test_the_configuration_of_the_built_in_model_can_be_leased():
    for path in ('configs/portraits.yaml', 'configs/faces256.yaml'):
        assert 'lease' not in yaml.safe_load(yaml.safe_dump(lease.leased(configuration.load(path))))
