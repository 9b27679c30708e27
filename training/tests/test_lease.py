"""Calls that end early and go on, and what comes back from them, in miniature."""
import json

import pytest
import torch
import yaml

from training import config as configuration
from training import lease


@pytest.fixture(scope='module')
def state(tmp_path_factory):
    return tmp_path_factory.mktemp('lease')


def test_a_lease_replaces_only_what_is_there():
    config = configuration.load('configs/smoke.yaml')
    assert lease.leased({**config, 'lease': {'diffusion.batch': 16}})['diffusion']['batch'] == 16
    with pytest.raises(ValueError, match='diffusion.betch'):
        lease.leased({**config, 'lease': {'diffusion.betch': 16}})


def test_calls_go_on_until_all_stages_are_complete(state):
    config = configuration.load('configs/smoke.yaml')
    first = lease.call(config, state, minutes=0.5)
    assert len(first) < len(lease.STAGES)
    for _ in range(12):
        done = lease.call(config, state, minutes=3)
        assert set(first) <= set(done)
        if len(done) == len(lease.STAGES):
            break
    assert done == list(lease.STAGES)


def test_what_comes_back_can_be_joined(state, tmp_path, monkeypatch):
    monkeypatch.setattr(lease, 'PART', 1_000_000)
    assert lease.parts(state, tmp_path / 'out') > 2
    home = tmp_path / 'home'
    names = lease.join(tmp_path / 'out', home)
    assert {'diffusion/state.pt', 'clip/state.pt', 'vqgan/state.pt', 'export/diffusion.pt', 'metrics.json'} <= set(names)
    assert json.loads((home / 'metrics.json').read_text()) == json.loads((state / 'metrics.json').read_text())
    mine = torch.load(home / 'diffusion/state.pt', weights_only=False)
    theirs = torch.load(state / 'diffusion/state.pt', weights_only=False)
    assert 'optimizer' not in mine and mine['step'] == theirs['step']
    for a, b in zip(mine['average']['values'], theirs['average']['values']):
        torch.testing.assert_close(a.float(), b, atol=1e-3, rtol=1e-3)
    (tmp_path / 'out/run.tar.01').unlink()
    with pytest.raises(SystemExit, match='lacks parts'):
        lease.join(tmp_path / 'out', tmp_path / 'elsewhere')


def test_the_configuration_of_the_built_in_model_can_be_leased():
    for path in ('configs/portraits.yaml', 'configs/faces256.yaml'):
        assert 'lease' not in yaml.safe_load(yaml.safe_dump(lease.leased(configuration.load(path))))
