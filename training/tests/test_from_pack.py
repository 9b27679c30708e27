"""The shipped pack as training has it computes what its graphs compute."""
import base64
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from training import clip, config, diffusion, from_pack, vqgan
from training.data import signed
from training.export import clip_checkpoint
from training.faces import attributes, captions, dataset
from training.rewording import full_table

PACK = Path(__file__).parents[2] / 'public/models/portraits'
CONFIG = config.load('configs/faces256.yaml')


@pytest.fixture(scope='module')
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp('run')
    from_pack.unpack(CONFIG, PACK, folder)
    return folder


def noise(seed, timestep, position, klass):
    """src/diffusion/random.ts"""
    x, y, z, w = (np.uint64(v) * np.uint64(1664525) + np.uint64(1013904223) & np.uint64(0xFFFFFFFF) for v in np.broadcast_arrays(seed, timestep, position, klass))
    low = np.uint64(0xFFFFFFFF)
    x = x + y * w & low
    y = y + z * x & low
    z = z + x * y & low
    w = w + y * z & low
    x, y, z, w = (v ^ v >> np.uint64(16) for v in (x, y, z, w))
    return ((x + y * w & low) >> np.uint64(8)).astype(np.float64) * 2.0**-24


def test_the_denoiser_answers_as_pack_json_has_it(run):
    manifest = json.loads((PACK / 'pack.json').read_text())
    seed, t = manifest['check']['seed'], manifest['check']['timestep']
    expected = np.frombuffer(base64.b64decode(manifest['check']['logits']), '<f4')
    model, _ = diffusion.load_trained(CONFIG, run / 'diffusion')
    places, codes = np.arange(model.side**2), model.codes
    tokens = np.where(noise(seed, 0, places, 0) < model.masked[t].item(), codes, np.floor(noise(seed, 1, places, 0) * codes))
    condition = torch.from_numpy(noise(seed, 2, np.arange(manifest['conditionSize']), 0) - 0.5).float()
    both = torch.stack([condition / condition.norm(), model.empty_text_embed[0]])
    with torch.no_grad():
        logits = model(torch.from_numpy(tokens).long().expand(2, -1), both, torch.tensor([t, t])).flatten(0, 1).numpy()
    i = np.arange(len(expected))
    found = logits[i * len(logits) // len(i), np.floor(noise(seed, 3, i, 0) * codes).astype(int)]
    # The graph's places are one table in half precision, which a row and a column make up but for its rounding.
    assert np.abs(found - expected).max() < 1e-3 * manifest['check']['spread']


def test_pictures_come_back_and_are_known_by_their_captions(run):
    described = [attributes.sample(1, index) for index in (0, 40, 80)]
    pictures = torch.from_numpy(np.stack(list(dataset.portraits(described, 256))))
    codes = vqgan.load_trained(CONFIG, run / 'vqgan')
    with torch.no_grad():
        made = codes.decode(codes.encode(signed(pictures))).clamp(-1, 1)
    assert -10 * torch.log10((made - signed(pictures)).pow(2).mean() / 4) > 22

    embed, state = clip.load_trained(CONFIG, run / 'clip')
    texts = [max((captions.caption(each, k)[0] for k in range(8)), key=len) for each in described]
    with torch.no_grad():
        alike = embed.pictures(pictures) @ embed.texts(texts).t()
    assert alike.argmax(1).tolist() == [0, 1, 2]
    pieces = torch.load(run / 'clip/pieces.pt')
    table = clip_checkpoint(embed, state['longest'], 128, pieces)['token_embedding.weight']
    rows = len(from_pack.graph(PACK, 'text_encoder')['token_embedding'])
    assert len(torch.unique(table, dim=0)) == rows == len(state['trained_ids']) + 1  # words that lean to another go on doing so
    assert torch.equal(full_table(embed, pieces).half(), table)  # as naming goes on from it


def test_a_run_is_not_written_over_and_four_bits_are_refused(run, tmp_path):
    with pytest.raises(FileExistsError, match='holds a training already'):
        from_pack.unpack(CONFIG, PACK, run)
    manifest = json.loads((PACK / 'pack.json').read_text())
    manifest['graphs']['decoder'] = {'q4': manifest['graphs']['decoder']['fp16']}
    (tmp_path / 'pack.json').write_text(json.dumps(manifest))
    with pytest.raises(ValueError, match='no decoder in 8 bits or more'):
        from_pack.graph(tmp_path, 'decoder')
