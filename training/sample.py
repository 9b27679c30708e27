"""Contact sheet of a run, also while it trains: python -m training.sample --run DIR --prompts FILE --out sheet.png"""
import argparse
from contextlib import nullcontext
from pathlib import Path

import torch

from . import clip, diffusion, vqgan
from . import config as configuration
from .data import unsigned
from .sampling import sample
from .sheets import save_sheet


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--config', default='configs/faces256.yaml')
    parser.add_argument('--run', required=True, help='folder with vqgan, clip and diffusion')
    parser.add_argument('--prompts', help='text file, one a line')
    parser.add_argument('--out', required=True)
    parser.add_argument('--seeds', type=int, default=4, help='pictures a prompt')
    parser.add_argument('--steps', type=int, default=25)
    parser.add_argument('--guidance', type=float, default=2.0)
    parser.add_argument('--truncation', type=float, default=0.9)
    parser.add_argument('--threads', type=int, default=1)
    a = parser.parse_args()
    config = configuration.load(a.config)
    torch.set_num_threads(a.threads)
    run = Path(a.run)
    embed, _ = clip.load_trained(config, run / 'clip')
    decoder = vqgan.load_trained(config, run / 'vqgan')
    model, state = diffusion.load_trained(config, run / 'diffusion')
    prompts = [line.strip() for line in Path(a.prompts).read_text().splitlines() if line.strip()]
    condition = embed.texts(prompts).repeat_interleave(a.seeds, 0)
    with torch.autocast('cpu', torch.bfloat16) if config['bf16'] else nullcontext():
        tokens = sample(model, condition, a.steps, a.guidance, a.truncation)
    with torch.no_grad():
        pictures = torch.cat([unsigned(decoder.decode(part)) for part in tokens.split(16)])
    likeness = (embed.pictures(pictures) * condition).sum(1).mean()
    save_sheet(pictures.numpy(), a.out, columns=2 * a.seeds)
    print(f'step {state["step"]}, CLIP cosine {likeness:.3f}')
    for prompt in prompts:
        print(prompt)


if __name__ == '__main__':
    main()
