"""The networks compute the numbers of the authors' code from the authors' tiny checkpoints (test/golden)."""
import gzip
import io
import json
import sys
import types
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from training.models.clip import CLIP
from training.models.diffusion import DiffusionTransformer
from training.models.group_norm import GroupNorm
from training.models.vqgan import GumbelVQ
from training.sampling import posterior, truncated
from training.tokens import Tokenizer, rows

GOLDEN = Path(__file__).parents[2] / 'test/golden'


@pytest.fixture(autouse=True)
def no_gradients():
    with torch.no_grad():
        yield


def close(ours, theirs, tolerance):
    torch.testing.assert_close(ours, theirs, rtol=0, atol=tolerance)


@pytest.fixture(scope='module')
def diffusion():
    model = DiffusionTransformer(codes=40, side=6, width=48, layers=2, heads=4, steps=100, times=4)
    state = torch.load(GOLDEN / 'checkpoints/diffusion_tiny.pt', weights_only=True)
    ours = {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(state)  # strict: the same names and shapes
    return model.eval(), ours, state


def test_diffusion_logits(diffusion):
    model, _, _ = diffusion
    golden = load_file(GOLDEN / 'diffusion/forward.safetensors')
    for name, t in (('t0', 0), ('t1', 1), ('t37', 37), ('t99', 99), ('t_mixed', golden['t_mixed'])):
        logits = model(golden['x_t'], golden['cond'], torch.as_tensor(t).expand(3))
        close(logits.transpose(1, 2), golden[f'logits.{name}'], 2e-4)


def test_schedule_buffers(diffusion):
    _, ours, theirs = diffusion
    for name in (n for n in theirs if n.startswith('log_')):
        torch.testing.assert_close(ours[name], theirs[name], rtol=1e-5, atol=1e-6)


def test_posterior_and_truncation():
    golden = load_file(GOLDEN / 'diffusion/q_posterior.safetensors')
    given = golden['log_x0.soft'][:, :40].transpose(1, 2).double()
    for t in (0, 1, 50, 99):
        p = posterior(given, golden['x_t'], t, t - 1, 100)
        theirs = golden[f'q_posterior.soft.t{t}'].transpose(1, 2).double()
        close(F.normalize(p, p=1, dim=2), theirs.softmax(2), 1e-5)
    forward = load_file(GOLDEN / 'diffusion/predict_start.safetensors')['predict_start.t37']
    guided = load_file(GOLDEN / 'diffusion/cf_predict_start.safetensors')['cf.g1.0.0.85r.t37']
    ours = truncated(forward[:, :40].transpose(1, 2).double(), 0.85)
    close(ours.float(), guided[:, :40].transpose(1, 2), 1e-5)


@pytest.fixture(scope='module')
def vqgan():
    lightning = types.ModuleType('pytorch_lightning.callbacks.model_checkpoint')  # a class in the file's "callbacks" names it
    lightning.ModelCheckpoint = type('ModelCheckpoint', (), {'__module__': lightning.__name__})
    parents = {name: types.ModuleType(name) for name in ('pytorch_lightning', 'pytorch_lightning.callbacks')}
    sys.modules.update({**parents, lightning.__name__: lightning})
    try:
        state = torch.load(GOLDEN / 'checkpoints/vqgan_tiny.ckpt', weights_only=False)['state_dict']
    finally:
        for name in (*parents, lightning.__name__):
            del sys.modules[name]
    shape = dict(ch=32, ch_mult=[1, 2], num_res_blocks=1, attn_resolutions=[6], resolution=12, z_channels=24)
    model = GumbelVQ(shape, n_embed=40, embed_dim=24)
    model.load_state_dict({name: value for name, value in state.items() if not name.startswith('loss.')})
    return model.eval()


def test_vqgan_decodes(vqgan):
    golden = load_file(GOLDEN / 'vqgan/decode.safetensors')
    made = vqgan.decode(golden['tokens'].long())
    close(made[:1] if len(golden['act.decoder_out_preclamp']) == 1 else made, golden['act.decoder_out_preclamp'], 2e-4)
    close((made.clamp(-1, 1) + 1) * 127.5, golden['image'], 2e-2)


def test_vqgan_encodes(vqgan):
    golden = load_file(GOLDEN / 'vqgan/encode.safetensors')
    pictures = golden['image'].float() / 127.5 - 1
    close(vqgan.quantize.proj(vqgan.latent(pictures)), golden['logits'], 5e-4)
    assert torch.equal(vqgan.encode(pictures).int(), golden['tokens_argmax_no_noise'].int())


def test_group_norm_gradients():
    with torch.enable_grad():
        ours, theirs = GroupNorm(4, 12), torch.nn.GroupNorm(4, 12)
        torch.nn.init.normal_(theirs.weight)
        ours.load_state_dict(theirs.state_dict())
        x = torch.randn(3, 12, 5, 7)
        a, b = x.clone().requires_grad_(), x.clone().requires_grad_()
        push = torch.randn_like(x)
        ours(a).backward(push)
        theirs(b).backward(push)
    for mine, right in ((a.grad, b.grad), (ours.weight.grad, theirs.weight.grad), (ours.bias.grad, theirs.bias.grad)):
        close(mine, right, 1e-5)


def test_clip_embeddings():
    golden = load_file(GOLDEN / 'clip/small_2head.safetensors')
    state = torch.load(GOLDEN / 'checkpoints/clip_small_2head.pt', weights_only=True)
    model = CLIP(embed_dim=48, image_resolution=32, vision_layers=1, vision_width=128, vision_patch_size=8,
                 context_length=77, vocab_size=512, transformer_width=128, transformer_layers=1)
    numbers = ('input_resolution', 'context_length', 'vocab_size')
    model.load_state_dict({name: value.float() for name, value in state.items() if name not in numbers})
    close(model.encode_image(golden['pixels']), golden['image_embed_raw'], 2e-4)
    close(model.encode_text(golden['token_ids'].long()), golden['text_embed_raw'], 2e-4)


def test_clip_with_real_vocabulary_and_tokenizer():
    golden = load_file(GOLDEN / 'clip/tiny_vocab49408.safetensors')
    packed = gzip.decompress((GOLDEN / 'checkpoints/clip_tiny_vocab49408.pt.gz').read_bytes())
    state = torch.load(io.BytesIO(packed), weights_only=True)
    model = CLIP(embed_dim=48, image_resolution=224, vision_layers=2, vision_width=64, vision_patch_size=32,
                 context_length=77, vocab_size=49408, transformer_width=64, transformer_layers=2)
    numbers = ('input_resolution', 'context_length', 'vocab_size')
    model.load_state_dict({name: value.float() for name, value in state.items() if name not in numbers})
    close(model.encode_text(golden['token_ids'].long()), golden['text_embed_raw'], 2e-4)


def test_tokenizer_on_ascii_prompts():
    tokenizer = Tokenizer()
    prompts = [p for p in json.loads((GOLDEN / 'tokenizer/prompts.json').read_text())
               if p['text'].isascii() and p['text'].isprintable() and '&' not in p['text'] and '<|' not in p['text']]
    assert len(prompts) > 100
    for prompt in prompts:
        row = rows([tokenizer.encode(prompt['text'])])[0].tolist()
        assert row[: len(prompt['ids_ftfy'])] == prompt['ids_ftfy'], prompt['text']
