"""A packed model back into what the stages of training leave, so that training can go on from what ships.

    python -m training.from_pack CONFIG --pack ../public/models/portraits --run DIR

Writes vqgan, clip and diffusion under DIR: averaged weights alone, from which any stage goes on with a new optimiser (and a new
discriminator). A graph's weights are those of its checkpoint in 8 or 16 bits; packed again they are the same, bit for bit. Three
things are not told by a graph and are chosen so that it computes the same: what makes a timestep's scale and shift (its table is
kept exactly), how a place's embedding is divided between its row and its column, and CLIP's class token from its place.
"""
import base64
import json
import math
import re
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from . import config as configuration
from .models.clip import CLIP
from .models.diffusion import DiffusionTransformer
from .models.vqgan import GumbelVQ
from .runtime import Average
from .vqgan import PHASES, decoder_side

NUMBERED = re.compile(r'_\d+$')  # what the converter puts behind each name, so that it stands for one array

STEPS = 10000  # that the averages are said to be of, and to have passed


def weights_of(path):
    """{name: float32 array} of a graph's constants, 8-bit codes times their scales"""
    arrays = {NUMBERED.sub('', each.name): numpy_helper.to_array(each) for each in onnx.load(path).graph.initializer}
    scaled = {name: array.astype(np.float32) * arrays[f'{name}.scale'] if f'{name}.scale' in arrays else array for name, array in arrays.items()}
    return {name: torch.from_numpy(np.array(array, np.float32 if array.dtype.kind == 'f' else array.dtype)) for name, array in scaled.items() if not name.endswith('.scale')}


def graph(folder, name):
    """The weights of one of a pack's graphs. ValueError where there are none that training could go on from."""
    stored = json.loads((folder / 'pack.json').read_text())['graphs'].get(name, {})
    kind = next((kind for kind in ('fp32', 'fp16', 'int8') if kind in stored), None)
    if kind is None:
        raise ValueError(f'{folder} has no {name} in 8 bits or more; training needs that, or the checkpoints themselves')
    return weights_of(folder / stored[kind]['file'])


def filled(model, given):
    """The model with these weights, each laid as PyTorch has it: graphs multiply by matrices from the right. KeyError for one that is missing."""
    linear = {f'{name}.weight' for name, module in model.named_modules() if isinstance(module, torch.nn.Linear)}
    state = model.state_dict()
    for name, _ in model.named_parameters():
        value, shape = given[name], state[name].shape
        if name in linear or name.endswith('in_proj_weight'):
            value = value.t()
        elif len(shape) == 4 and value.ndim == 3:  # nine taps, inputs, outputs
            value = value.reshape(3, 3, *value.shape[1:]).permute(3, 2, 0, 1)
        elif len(shape) == 4 and value.ndim == 2:  # a convolution of single pixels
            value = value.t()
        state[name] = value.reshape(shape).contiguous()
    model.load_state_dict(state)
    return model.eval().requires_grad_(False)


def vqgan(config, folder):
    given = {**graph(folder, 'encoder'), **graph(folder, 'decoder')}
    return filled(GumbelVQ(**config['vqgan']['model']), {**given, 'quantize.embed.weight': given['quantize.embed']})


def timesteps(table, width):
    """(emb, linear.weight, linear.bias) of an ln1 whose linear(silu(emb)) is the table [T, 2 * width], T at most width: each timestep
    has an entry of its own."""
    count = len(table)
    embedding = torch.zeros(count, width)
    embedding[range(count), range(count)] = 1.0
    matrix = torch.zeros(2 * width, width)
    matrix[:, :count] = (table.double() / torch.sigmoid(torch.tensor(1.0, dtype=torch.float64))).float().t()
    return embedding, matrix, torch.zeros(2 * width)


def diffusion(config, folder):
    shape = config['diffusion']['model']
    given, conditioner = graph(folder, 'denoiser'), graph(folder, 'conditioner')
    for layer in range(shape['layers']):
        block = f'transformer.blocks.{layer}'
        given[f'{block}.ln1.emb.weight'], given[f'{block}.ln1.linear.weight'], given[f'{block}.ln1.linear.bias'] = \
            timesteps(given['time_table'][:, layer], shape['width'])
        given[f'{block}.ln1.linear.weight'] = given[f'{block}.ln1.linear.weight'].t()
        for part in ('emb', 'linear'):
            given[f'{block}.ln2.{part}.weight'], given[f'{block}.ln2.{part}.bias'] = (conditioner[f'{part}.{kind}'][layer] for kind in ('weight', 'bias'))
    places = given['transformer.content_emb.places'].view(shape['side'], shape['side'], -1)
    given['transformer.content_emb.height_emb.weight'] = places.mean(1)
    given['transformer.content_emb.width_emb.weight'] = places.mean(0) - places.mean((0, 1))
    given['transformer.content_emb.emb.weight'] = given['transformer.content_emb.emb']
    empty = json.loads((folder / 'pack.json').read_text())['emptyTextEmbedding']
    given['empty_text_embed'] = torch.from_numpy(np.frombuffer(base64.b64decode(empty), '<f4').copy())[None]
    return filled(DiffusionTransformer(**shape), given)


def clip(config, folder):
    """-> (model, ids of the tokens that have rows of their own, {token id: the one whose row it has})"""
    text, image = graph(folder, 'text_encoder'), graph(folder, 'image_encoder')
    places = text['token_places'].long()
    unknown = places.bincount().argmax()
    first = {}  # a row belongs to the first that has it
    for i in (places != unknown).nonzero().flatten().tolist():
        first.setdefault(int(places[i]), i)
    trained = sorted(first.values())
    leans = {i: first[place] for i, place in enumerate(places.tolist()) if first.get(place, i) != i}
    scale = json.loads((folder / 'pack.json').read_text())['clipScale']
    given = {
        **image, **text,
        'token_embedding.weight': text['token_embedding'][torch.cat([unknown[None], places[trained]])],
        'visual.conv1.weight': image['visual.conv1'],
        'visual.class_embedding': torch.zeros_like(image['positions_and_class'][0]),
        'visual.positional_embedding': image['positions_and_class'],
        'logit_scale': torch.tensor(math.log(scale)),
    }
    return filled(CLIP(**config['clip']['model'], vocab_size=len(trained) + 1), given), trained, leans


def averages(parameters):
    """Of a long training."""
    return {**Average(parameters, 0).state_dict(), 'steps': STEPS}


def unpack(config, pack, run):
    pack, run = Path(pack), Path(run)
    codes, denoiser, (embed, trained, leans) = vqgan(config, pack), diffusion(config, pack), clip(config, pack)
    ended = {'step': STEPS, 'elapsed': 0.0, 'torch_rng': torch.get_rng_state(), 'numpy_rng': np.random.default_rng(config['seed']).bit_generator.state}
    states = {
        'vqgan': {**ended, 'phase': PHASES[-1], 'phase_step': 0, 'book': None, 'model': codes.state_dict(), 'average': averages(decoder_side(codes))},
        'clip': {**ended, 'trained_ids': trained, 'longest': embed.positional_embedding.shape[0], 'average': averages(embed.parameters())},
        'diffusion': {**ended, 'average': averages(denoiser.parameters())},
    }
    for name, state in states.items():
        (run / name).mkdir(parents=True, exist_ok=True)
        if (run / name / 'state.pt').exists():
            raise FileExistsError(f'{run / name} holds a training already; give another folder')
        torch.save(state, run / name / 'state.pt')
    torch.save({'rows': {}, 'leans': leans}, run / 'clip/pieces.pt')  # rows are those of trained tokens now


if __name__ == '__main__':
    configuration.command(unpack, 'pack', 'run')
