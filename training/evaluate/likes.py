"""What pictures made from a picture have of it, and what a slider between a picture and a prompt does: read from the pictures of src/cli/likes.ts.

python -m training.evaluate.likes sources --data DIR --out DIR [--count 36]
python -m training.evaluate.likes report --sources DIR --classifier classifier.pt

A source is a render that neither model nor classifier learned from, beside a prompt none of whose attributes it has. By how much of the picture is
mixed in: of the attributes read from the source, those that are read again, against chance (the attributes of another source) and against the
source's own reconstruction; and of the attributes that the prompt names, those that are read.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

from . import prompts
from .changes import KEPT
from .classifier import load, read
from .report import read_lines, read_pictures

SHARES = (0, 0.25, 0.5, 0.75, 1)  # of src/cli/likes.ts
NAMED = 3  # attributes that a prompt names, at least


def pairs(rows, asked):
    """(row, prompt) for each row in turn: a prompt that names NAMED attributes or more, none of them the row's; none is taken twice."""
    left = [entry for entry in asked if len(entry["expect"]) >= NAMED]
    for row in rows:
        other = next((e for e in left if all((row.get(name) or "none") not in values for name, values in e["expect"].items())), None)
        if other:
            left.remove(other)
            yield row, other


def write_sources(data, out, count):
    out.mkdir(parents=True, exist_ok=True)
    with open(data / "attributes.jsonl") as lines:
        rows = [row for row in map(json.loads, lines) if row["split"] != "train"]
    chosen = list(pairs(rows, json.loads(prompts.FILE.read_text())))[:count]
    images = np.load(data / "images.npy", mmap_mode="r")[[row["index"] for row, _ in chosen]]
    opaque = np.full((*images.shape[:3], 1), 255, np.uint8)
    (out / "sources.rgba").write_bytes(np.concatenate((images, opaque), 3).tobytes())
    (out / "sources.json").write_text(json.dumps([{"prompt": p["prompt"], "expect": p["expect"], "index": row["index"]} for row, p in chosen], indent=1))
    print(f"{len(chosen)} sources in {out}")


def shared(one, other):
    """Share of equal values, by row: int [..., attributes] -> [...]"""
    return (one == other).mean(-1)


def between(ends, middle):
    """Whether the middle lies between its two ends."""
    return (middle >= np.minimum(*ends)) & (middle <= np.maximum(*ends))


def error(values):
    return np.std(values, ddof=1) / np.sqrt(len(values))


def report(folder, classifier):
    model, saved = load(classifier)
    vocabulary, side = saved["vocabulary"], saved["side"]
    sources = json.loads((folder / "sources.json").read_text())
    count = len(sources)
    raw = np.frombuffer((folder / "sources.rgba").read_bytes(), np.uint8)
    size = round((len(raw) / count / 4) ** 0.5)
    pictures = [Image.fromarray(each, "RGBA").convert("RGB") for each in raw.reshape(count, size, size, 4)]
    pictures += [Image.open(folder / f"seen-{k}.png").convert("RGB") for k in range(count)]
    small = np.stack([np.asarray(p.resize((side, side), Image.Resampling.BICUBIC)) for p in pictures])
    lines = sorted((line for lines in read_lines(folder / "results").values() for line in lines), key=lambda line: line["index"])
    if len(lines) != count * len(SHARES):
        raise SystemExit(f"{count * len(SHARES)} recipes and {len(lines)} pictures: let `npm run generate` finish.")
    made = read(model, read_pictures(folder / "results", lines, side))[1].reshape(count, len(SHARES), -1)
    first = read(model, small)[1]
    columns = [list(vocabulary).index(name) for name in KEPT]
    source, seen = first[:count, columns], first[count:, columns]
    same = shared(made[:, :, columns], source[:, None])  # [sources, shares]

    def follows(k, j):
        expect = {name: [vocabulary[name].index(v) for v in values if v in vocabulary[name]] for name, values in sources[k]["expect"].items() if name in vocabulary}
        return np.mean([made[k, j, list(vocabulary).index(name)] in values for name, values in expect.items()])

    asked = np.array([[follows(k, j) for j in range(len(SHARES))] for k in range(count)])
    others = np.array([[shared(made[k, -1, columns], source[j]) for j in range(count) if j != k] for k in range(count)]).mean(1)
    print(f"{count} sources; of {len(KEPT)} attributes shared with the source: by its reconstruction {100 * shared(seen, source).mean():.0f} %, "
          f"by pictures made from it {100 * same[:, -1].mean():.0f} ± {100 * error(same[:, -1]):.0f} %, by those made from another {100 * others.mean():.0f} %")  # fmt: skip
    print("\n| of the picture | " + " | ".join(f"{100 * s:g} %" for s in SHARES) + " |\n|---|" + "--:|" * len(SHARES))
    print("| attributes shared with the picture | " + " | ".join(f"{100 * v:.0f} ± {100 * e:.0f} %" for v, e in zip(same.mean(0), map(error, same.T))) + " |")
    print("| attributes that the prompt names | " + " | ".join(f"{100 * v:.0f} ± {100 * e:.0f} %" for v, e in zip(asked.mean(0), map(error, asked.T))) + " |")
    for name, values in (("shared with the picture", same), ("the prompt's", asked)):
        inside = between((values[:, 0], values[:, -1]), values[:, len(SHARES) // 2])
        print(f"{name}: the middle lies between its ends in {100 * inside.mean():.0f} % of {count}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    sources = commands.add_parser("sources")
    sources.add_argument("--data", required=True, type=Path)
    sources.add_argument("--out", required=True, type=Path)
    sources.add_argument("--count", type=int, default=36)
    judging = commands.add_parser("report")
    judging.add_argument("--sources", required=True, type=Path)
    judging.add_argument("--classifier", required=True, type=Path)
    given = parser.parse_args()
    if given.command == "sources":
        write_sources(given.data, given.out, given.count)
    else:
        report(given.sources, given.classifier)


if __name__ == "__main__":
    main()
