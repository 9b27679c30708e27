"""Which score puts intact faces first: CLIP's, the model's own likelihood of the finished tokens, or both; and whether drawing the least likely
tokens once more mends a face: which share of them, and whether it has to be those.

python -m training.evaluate.ranking --config CONFIG --run RUN --classifier classifier.pt --face-check face_check.pt [--prompts N] [--candidates 4]

Candidates are drawn by the reference sampler at the built-in model's defaults. The likelihood is that of each token where half of them are masked, and the
other half in a second evaluation, under the prompt's condition; the mean over all tokens, and over the least likely tenth.
"""

import argparse
import random
from pathlib import Path

import numpy as np
import torch

from .. import clip, config as configuration, diffusion, vqgan
from ..data import unsigned
from ..runtime import autocast
from ..sampling import guided, posterior, sample, truncated
from . import face_check
from . import prompts as prompt_list
from .classifier import load, read
from .figures import Reader

STEPS, GUIDANCE, TRUNCATION = 10, 2.0, 0.7
WORST = 0.1  # of the tokens
SHARES = (0.1, 0.2)
HALF = 49  # timestep at which half of the tokens are masked


@torch.no_grad()
def likelihood(model, tokens, condition, seed=0):
    """[N, L] -> log p of each token by what the other half shows [N, L]"""
    generator = torch.Generator().manual_seed(seed)
    first = torch.rand(tokens.shape, generator=generator).argsort(1) < tokens.shape[1] // 2
    out = torch.empty(tokens.shape, dtype=torch.float64)
    for hidden in (first, ~first):
        seen = torch.where(hidden, model.codes, tokens)
        log_p = guided(model, seen, condition, HALF, 1.0).gather(2, tokens[:, :, None])[:, :, 0]
        out[hidden] = log_p[hidden]
    return out


@torch.no_grad()
def redrawn(model, tokens, condition, log_p, share, seed=0):
    """The least likely tokens masked, and drawn again in two steps."""
    count = round(share * tokens.shape[1])
    tokens = tokens.scatter(1, log_p.argsort(1)[:, :count], model.codes)
    generator = torch.Generator().manual_seed(seed)
    first = round(model.steps * share)
    for t, s in ((first, round(first / 2)), (round(first / 2), -1)):
        p = posterior(truncated(guided(model, tokens, condition, t, GUIDANCE), TRUNCATION), tokens, t, s, model.steps)
        u = torch.rand(p.shape, generator=generator, dtype=torch.float64)
        tokens = (p.clamp(min=1e-40).log() - (-(u + 1e-30).log() + 1e-30).log()).argmax(2)
    return tokens


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True)
    for name in ("run", "classifier", "face-check"):
        parser.add_argument(f"--{name}", required=True, type=Path)
    parser.add_argument("--prompts", type=int, default=200)
    parser.add_argument("--candidates", type=int, default=4)
    parser.add_argument("--steps", type=int, default=STEPS)
    given = parser.parse_args()
    config = configuration.load(given.config)
    torch.set_num_threads(config["threads"])
    embed, _ = clip.load_trained(config, given.run / "clip")
    model, _ = diffusion.load_trained(config, given.run / "diffusion")
    decoder = vqgan.load_trained(config, given.run / "vqgan")
    judge, saved = load(given.classifier)
    reader = Reader(saved["vocabulary"], saved["readings"])
    prompts = random.Random(1).sample(prompt_list.read(), given.prompts)
    n, rows = given.candidates, {}
    half = torch.device("cpu"), config
    for k in range(0, len(prompts), 8):
        part = prompts[k : k + 8]
        texts = embed.texts([made["prompt"] for made in part]).repeat_interleave(n, 0)
        with torch.no_grad(), autocast(*half):
            tokens = sample(model, texts, given.steps, GUIDANCE, TRUNCATION, seed=k)
            log_p = likelihood(model, tokens, texts)
            made = {"drawn": tokens}
            for share in SHARES:
                made[f"least likely {share:.0%} redrawn"] = redrawn(model, tokens, texts, log_p, share)
            by_chance = torch.rand(log_p.shape, generator=torch.Generator().manual_seed(k), dtype=log_p.dtype)
            made["a tenth redrawn, by chance"] = redrawn(model, tokens, texts, by_chance, WORST)
        for name, each in made.items():
            with torch.no_grad():
                pictures = torch.cat([unsigned(decoder.decode(some)) for some in each.split(8)])
            score = (embed.pictures(pictures) * texts).sum(1).numpy()
            whole = face_check.intact(given.face_check, pictures.numpy())
            small = pictures.numpy()[:, ::2, ::2] if pictures.shape[1] > saved["side"] else pictures.numpy()
            _, values = read(judge, small)
            worst = log_p.sort(1).values[:, : round(WORST * log_p.shape[1])].mean(1).numpy()
            mean = log_p.mean(1).numpy()
            for i in range(len(tokens)):
                expect = reader.known(part[i // n]["expect"])
                right = [reader.hits(values[i : i + 1], key, allowed)[0] for key, allowed in expect.items()]
                rows.setdefault(name, []).append((k + i // n, score[i], mean[i], worst[i], whole[i], np.mean(right) if right else np.nan))
        print(f"{k + len(part)} of {len(prompts)}", flush=True)

    for name, entries in rows.items():
        table = np.array(entries, float)
        groups = [table[table[:, 0] == index] for index in np.unique(table[:, 0])]
        print(f"{name}: intact {100 * table[:, 4].mean():.1f} %, attributes {100 * np.nanmean(table[:, 5]):.1f} % of {len(table)} pictures")
        if name != "drawn":
            first = np.array(rows["drawn"], float)[:, 4]
            print(f"  mended {((first == 0) & (table[:, 4] == 1)).sum():.0f}, broken {((first == 1) & (table[:, 4] == 0)).sum():.0f}")
            continue
        spread = lambda column: column / max(column.std(), 1e-9)  # noqa: E731
        ways = {
            "CLIP": lambda g: g[:, 1], "likelihood": lambda g: g[:, 2], "least likely tenth": lambda g: g[:, 3],
            "CLIP and likelihood": lambda g: spread(g[:, 1]) + spread(g[:, 2]), "CLIP and least likely": lambda g: spread(g[:, 1]) + spread(g[:, 3]),
        }  # fmt: skip
        for way, score in ways.items():
            first = np.array([g[np.argmax(score(g))] for g in groups])
            error = first[:, 4].std() / np.sqrt(len(first))
            print(f"  first by {way}: intact {100 * first[:, 4].mean():.1f} ± {100 * error:.1f} %, attributes {100 * np.nanmean(first[:, 5]):.1f} %")


if __name__ == "__main__":
    main()
