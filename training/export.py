"""Stage export: the three checkpoints in the authors' and OpenAI's form, which `npm run convert` reads, with figures and provenance."""
import json
import shutil
from pathlib import Path

import torch
import torch.nn.functional as F
import yaml

from . import clip, diffusion, vqgan
from . import config as configuration
from .vocabulary import VOCABULARY_SIZE


def plain(state, dtype=None):
    """Contiguous copies in the usual memory order."""
    return {name: (value.to(dtype) if dtype and value.is_floating_point() else value).detach().clone(memory_format=torch.contiguous_format)
            for name, value in state.items()}


def clip_checkpoint(embed, longest, image_resolution, pieces=None):
    """float16, with the three integers of OpenAI's archives. Words that no caption used share one row, or have that of the word they
    lean to, or rows of their pieces (pieces: what training.pieces wrote); positions that no caption reached repeat the last that one did."""
    weights = dict(embed.model.state_dict())
    table = embed.vocabulary.full_table(weights['token_embedding.weight'])
    if pieces:
        for i, row in pieces['rows'].items():
            table[i] = row
        table[list(pieces['leans'])] = table[list(pieces['leans'].values())]
    weights['token_embedding.weight'] = table
    positions = weights['positional_embedding'].clone()
    positions[longest:] = positions[longest - 1]
    weights['positional_embedding'] = positions
    numbers = {'input_resolution': image_resolution, 'context_length': len(positions), 'vocab_size': VOCABULARY_SIZE}
    return {**plain(weights, torch.float16), **{name: torch.tensor(value) for name, value in numbers.items()}}


def diffusion_checkpoint(model):
    """float32; the empty condition has unit norm, so that the authors' sampling (raw) and training (normalised) agree on it"""
    weights = plain(model.state_dict())
    weights['empty_text_embed'] = F.normalize(weights['empty_text_embed'], dim=-1)
    return weights


def authors_config(config):
    """The settings that tensor shapes do not tell, under the authors' names; norm_groups is ours."""
    shape, code = config['diffusion']['model'], config['vqgan']['model']
    return {
        'diffusion_config': {'params': {
            'diffusion_step': shape['steps'], 'alpha_init_type': 'alpha1', 'learnable_cf': True, 'cf_drop_prob': diffusion.NULL_SHARE,
            'transformer_config': {'params': {
                'class_type': 'adalayerclip', 'attn_type': 'selfcondition', 'n_layer': shape['layers'], 'n_embd': shape['width'],
                'n_head': shape['heads'], 'content_seq_len': shape['side'] ** 2, 'content_spatial_size': [shape['side']] * 2,
                'attn_pdrop': 0.0, 'resid_pdrop': 0.0, 'block_activate': 'GELU2', 'timestep_type': 'adalayernorm',
                'mlp_hidden_times': shape['times'], 'mlp_type': 'conv_mlp'}},
            'content_emb_config': {'params': {'num_embed': shape['codes'], 'spatial_size': [shape['side']] * 2,
                                              'embed_dim': shape['width'], 'trainable': True, 'pos_emb_type': 'embedding'}}}},
        'vqgan_config': {'params': {'n_embed': code['n_embed'], 'embed_dim': code['embed_dim'],
                                    'norm_groups': code.get('norm_groups', 32), 'ddconfig': code['ddconfig']}},
    }


def provenance(config, metrics):
    """One paragraph a line, for pack.json."""
    v, c, d, data = (metrics[name] for name in ('vqgan', 'clip', 'diffusion', 'data'))
    return [
        *config['provenance'],
        f'Data: {data["pictures"]} pictures: {data.get("train", 0)} for training, {data.get("test", 0)} held out, '
        f'{data.get("heldout", 0)} with attribute pairs that training never sees. Seed of all stages: {config["seed"]}.',
        f'VQGAN: {v["codes"]} codes, {v["codes_used"]} used by {v["pictures"]} held-out pictures (perplexity {v["perplexity"]:.0f}), '
        f'PSNR {v["psnr"]:.1f} dB, {v["minutes"]} minutes.',
        f'CLIP: {c["steps"]} steps of {config["clip"]["batch"]} pairs, recall at 1 within 100 {c["image_to_text"]:.2f} (picture to text) '
        f'and {c["text_to_image"]:.2f} (text to picture) on full held-out captions, {c["minutes"]} minutes. '
        f'It knows {c["trained_tokens"]} tokens; all others share {"the row of the word they lean to, or one row; pieces of longer words have rows of their own" if config.get("pieces") else "one row"}.',
        f'Diffusion: {d["parameters"] / 1e6:.1f} million parameters, {d["samples"]} samples, {d["minutes"]} minutes, language-free; '
        f'held-out cross-entropy {d["test_masked"]:.2f} a masked token, {100 * d["test_kept"]:.1f} % of visible tokens kept.',
    ]


def export(config, run, out):
    run, out = Path(run), Path(out)
    if not (run / 'metrics.json').exists():
        raise FileNotFoundError(f'{run} has no metrics.json; run stage "evaluate" first')
    out.mkdir(parents=True, exist_ok=True)
    embed, clip_state = clip.load_trained(config, run / 'clip')
    model, _ = diffusion.load_trained(config, run / 'diffusion')
    codes = vqgan.load_trained(config, run / 'vqgan')
    pieces = torch.load(run / 'clip/pieces.pt') if config.get('pieces') else None
    torch.save(clip_checkpoint(embed, clip_state['longest'], config['clip']['model']['image_resolution'], pieces), out / 'clip.pt')
    torch.save({'epoch': 0, 'global_step': 0, 'pytorch-lightning_version': '1.0.8', 'state_dict': plain(codes.state_dict())}, out / 'vqgan.ckpt')
    torch.save(diffusion_checkpoint(model), out / 'diffusion.pt')
    (out / 'model.yaml').write_text(yaml.safe_dump(authors_config(config), sort_keys=False))
    (out / 'trained_tokens.json').write_text(json.dumps(embed.vocabulary.trained))
    (out / 'provenance.txt').write_text('\n'.join(provenance(config, json.loads((run / 'metrics.json').read_text()))) + '\n')
    shutil.copy(run / 'metrics.json', out / 'metrics.json')


if __name__ == '__main__':
    configuration.command(export, 'run', 'out')
