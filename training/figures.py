"""Stage evaluate: figures of the three networks on held-out pictures, and sheets to look at. What the shipped engine makes of them
is judged by training.evaluate, from pictures that the page's own code generated."""
import json
from pathlib import Path

import numpy as np
import torch

from . import clip, diffusion, vqgan
from .cache import Cache
from .clip_scores import recall, zero_shot
from .data import Faces, signed, unsigned
from .reconstruction import psnr
from .runtime import autocast, prepare
from .sampling import sample
from .sheets import save_sheet
from .vocabulary import Captions


@torch.no_grad()
def reconstruction(model, faces, count=256):
    """As shipped: float32, argmax codes. -> figures, codes used"""
    indices = faces.split('test')[:count]
    errors, used = [], np.zeros(model.quantize.embed.num_embeddings, np.int64)
    for part in np.array_split(indices, max(1, len(indices) // 16)):
        real = signed(faces.pictures(part))
        tokens = model.encode(real)
        made = model.decode(tokens)
        errors += [psnr(a, b) for a, b in zip(made, real)]
        used += np.bincount(tokens.flatten().numpy(), minlength=len(used))
    share = used[used > 0] / used.sum()
    return {'psnr': float(np.mean(errors)), 'pictures': len(indices), 'codes_used': int((used > 0).sum()),
            'codes': len(used), 'perplexity': float(np.exp(-(share * np.log(share)).sum()))}


def evaluate(config, data, run):
    device = prepare(config)
    run, faces = Path(run), Faces(data)
    embed, clip_state = clip.load_trained(config, run / 'clip')
    decoder = vqgan.load_trained(config, run / 'vqgan')
    captions = Captions(faces.attributes, clip.caption_source(config['captions']))
    trainer = diffusion.Trainer(config, Cache(run / 'cache'), run / 'diffusion')
    held_out, by_time = trainer.evaluate(count=192)
    trainer.average.swap()
    model = trainer.model.eval()
    texts = [captions.fullest(int(i), tries=2) for i in faces.split('test')[:16]]
    condition = embed.texts(texts)
    with autocast(device, config):
        tokens = sample(model, condition.to(device), config['evaluate']['steps'])
    with torch.no_grad():
        pictures = unsigned(decoder.decode(tokens.cpu()))
    save_sheet(pictures.numpy(), run / 'samples.png', columns=4)
    metrics = {
        'vqgan': {**reconstruction(decoder, faces), 'minutes': minutes(run / 'vqgan')},
        'clip': {**recall(embed, faces, captions), 'zero_shot': zero_shot(embed, faces), 'steps': clip_state['step'],
                 'minutes': minutes(run / 'clip'), 'trained_tokens': len(embed.vocabulary.trained), 'longest_caption': clip_state['longest']},
        'diffusion': {**held_out, 'masked_by_timestep': by_time, 'steps': trainer.step, 'samples': trainer.step * config['diffusion']['batch'],
                      'minutes': minutes(run / 'diffusion'), 'parameters': sum(p.numel() for p in model.parameters())},
        'samples': {'texts': texts, 'clip_cosine': float((embed.pictures(pictures) * condition).sum(1).mean())},
        'data': {'pictures': faces.count, **{name: len(indices) for name, indices in faces.splits.items()}},
    }
    (run / 'metrics.json').write_text(json.dumps(metrics, indent=2))
    print(json.dumps(metrics, indent=2))
    return metrics


def minutes(folder):
    return round(torch.load(folder / 'state.pt', map_location='cpu', weights_only=False)['elapsed'] / 60, 1)
