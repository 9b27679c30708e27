"""Whether a quality that is pushed is there, and whether a morph goes one way: read from the pictures of src/cli/pushes.ts.

python -m training.evaluate.changes --recipes recipes.json --results DIR --classifier classifier.pt

By strength, the share of pictures that show the quality; of what else the classifier reads in the middle picture, the share that stays. Of
morphs, the probability of the end's attribute along the way, and in how many of them it never falls by more than SLACK.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from .classifier import load, to_input
from .report import read_lines, read_pictures

SLACK = 0.1
STRENGTHS = (-2, -1, -0.5, 0, 0.5, 1, 2)  # of src/recipe/push.ts
MIDDLE, MORPH = STRENGTHS.index(0), 5
# {the text that is pushed towards, or the end of a morph: (attribute, values that show it)}
SHOWN = {
    "a smiling person": ("expression", ["smiling", "laughing"]),
    "an old person": ("age_group", ["old"]),
    "a person with glasses": ("glasses", ["round glasses", "rectangular glasses", "sunglasses"]),
    "a man with a beard": ("beard", ["full beard", "long beard", "goatee", "moustache", "stubble"]),
    "a person with long hair": ("hair", ["long straight", "long wavy", "long curly"]),
    "a person with curly hair": ("hair", ["curly", "long curly", "afro"]),
    "a person with blond hair": ("hair_colour", ["blond"]),
    "a woman with heavy makeup": ("makeup", ["heavy makeup", "makeup"]),
    "an old man with brown hair": ("age_group", ["old"]),
    "a woman with a big smile": ("expression", ["smiling", "laughing"]),
    "a woman with long black hair": ("hair", ["long straight", "long wavy", "long curly"]),
    "a man, clean shaven": ("beard", ["none"]),
}
KEPT = ("sex", "skin_tone", "hair_colour", "hair", "age_group", "glasses", "expression", "beard", "background", "top", "top_colour")


@torch.no_grad()
def probabilities(model, pictures):
    """{attribute: [N, values]}"""
    parts = [model(to_input(pictures[k : k + 64]))[1] for k in range(0, len(pictures), 64)]
    return {name: torch.cat([part[i] for part in parts]).softmax(1).numpy() for i, name in enumerate(model.vocabulary)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("recipes", "results", "classifier"):
        parser.add_argument(f"--{name}", required=True, type=Path)
    given = parser.parse_args()
    model, saved = load(given.classifier)
    lines = sorted((line for lines in read_lines(given.results).values() for line in lines), key=lambda line: line["index"])
    recipes = json.loads(given.recipes.read_text())
    if len(lines) != len(recipes):
        raise SystemExit(f"{len(recipes)} recipes and {len(lines)} pictures: let `npm run generate` finish.")
    read = probabilities(model, read_pictures(given.results, lines, saved["side"]))
    vocabulary = saved["vocabulary"]

    def shows(place, target):
        name, values = SHOWN[target]
        return sum(read[name][place][vocabulary[name].index(value)] for value in values if value in vocabulary[name])

    pushes, morphs, place = {}, {}, 0
    while place < len(recipes):
        pushed = recipes[place]["condition"]["kind"] == "direction"
        if pushed:  # the picture itself in the middle
            target, own = recipes[place]["condition"]["to"]["text"], SHOWN[recipes[place]["condition"]["to"]["text"]][0]
            row = range(place, place + len(STRENGTHS))
            best = {name: [read[name][i].argmax() for i in row] for name in KEPT if name != own}
            stays = [np.mean([seen[k] == seen[MIDDLE] for seen in best.values()]) for k in range(len(STRENGTHS))]
            pushes.setdefault(target, []).append(([shows(i, target) for i in row], stays))
        else:
            target = recipes[place + MORPH - 1]["condition"]["text"]
            morphs.setdefault(target, []).append([shows(i, target) for i in range(place, place + MORPH)])
        place += len(STRENGTHS) if pushed else MORPH

    print("| towards | " + " | ".join(f"{s:+g}" for s in STRENGTHS) + " | else unchanged, but in the middle |\n|---|" + "--:|" * (len(STRENGTHS) + 1))
    rows = [(target, np.mean([np.array(p) > 0.5 for p, _ in cases], 0), np.mean([s for _, s in cases], 0)) for target, cases in pushes.items()]
    for target, shown, stays in [*rows, ("all", np.mean([r[1] for r in rows], 0), np.mean([r[2] for r in rows], 0))]:
        print(f"| {target} | " + " | ".join(f"{100 * v:.0f} %" for v in shown) + " | " + ", ".join(f"{100 * stays[k]:.0f}" for k in range(len(STRENGTHS)) if k != MIDDLE) + " % |")
    print("\n| morph to | 0 % | 25 % | 50 % | 75 % | 100 % | never falls |\n|---|" + "--:|" * 6)
    for target, ways in morphs.items():
        one_way = np.mean([np.diff(way).min() > -SLACK for way in ways])
        print(f"| {target} | " + " | ".join(f"{100 * v:.0f} %" for v in np.mean(ways, 0)) + f" | {100 * one_way:.0f} % |")
    every = [way for ways in morphs.values() for way in ways]
    print(f"one way in {100 * np.mean([np.diff(way).min() > -SLACK for way in every]):.0f} % of {len(every)} morphs")


if __name__ == "__main__":
    main()
