"""Every stage, in order, in miniature, twice where a restart matters."""
import json

import pytest
import torch
import yaml

from training import run as pipeline


@pytest.fixture(scope='module')
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp('smoke')
    pipeline.main(['configs/smoke.yaml', '--data', str(folder / 'data'), '--run', str(folder)])
    return folder


def test_reconstructions_show_the_picture(made):
    figures = json.loads((made / 'metrics.json').read_text())
    assert figures['vqgan']['psnr'] > 14  # a grey picture has about 9 dB
    assert figures['vqgan']['codes_used'] > 4


def test_visible_tokens_are_kept(made):
    assert json.loads((made / 'metrics.json').read_text())['diffusion']['test_kept'] > 0.9


def test_checkpoints_have_their_names(made):
    clip = torch.load(made / 'export/clip.pt', weights_only=True)
    assert clip['token_embedding.weight'].shape == (49408, 64) and clip['input_resolution'] == 32
    unknown = clip['token_embedding.weight'][0]
    assert torch.equal(clip['token_embedding.weight'][12345], unknown)  # a word that no caption has
    diffusion = torch.load(made / 'export/diffusion.pt', weights_only=True)
    assert diffusion['empty_text_embed'].norm().item() == pytest.approx(1, abs=1e-5)
    assert diffusion['log_cumprod_at'].shape == (101,)
    codes = torch.load(made / 'export/vqgan.ckpt', weights_only=True)['state_dict']
    assert codes['quantize.proj.weight'].shape == (32, 16, 1, 1)
    config = yaml.safe_load((made / 'export/model.yaml').read_text())
    assert config['diffusion_config']['params']['transformer_config']['params']['n_head'] == 2


def test_a_stage_whose_time_is_spent_is_passed_over(made):
    before = torch.load(made / 'diffusion/state.pt', weights_only=False)['step']
    pipeline.main(['configs/smoke.yaml', '--only', 'diffusion', '--data', str(made / 'data'), '--run', str(made)])
    assert torch.load(made / 'diffusion/state.pt', weights_only=False)['step'] == before


@pytest.mark.parametrize(('stage', 'minutes'), [('vqgan', '7'), ('diffusion', '1.2')])
def test_a_stage_goes_on_where_it_stopped(made, stage, minutes):
    before = torch.load(made / stage / 'state.pt', weights_only=False)['step']
    pipeline.main(['configs/smoke.yaml', '--only', stage, '--minutes', minutes, '--data', str(made / 'data'), '--run', str(made)])
    assert torch.load(made / stage / 'state.pt', weights_only=False)['step'] > before
