"""Renders the data set, or a contact sheet of it.

python -m training.faces.dataset --count 24000 --seed 2 --size 128 --out DIR [--workers 2]
python -m training.faces.dataset --sheet FILE.png --count 40 [--size 256] [--specs FILE.json]

DIR/images.npy is uint8 [count, size, size, 3]; line i of DIR/attributes.jsonl belongs to image i; DIR/done.json tells how many
leading images are complete, so that training may start while rendering goes on.  A second run goes on where the first stopped.
"""

import argparse
import json
import multiprocessing
import os
import time
from pathlib import Path

import numpy as np
from PIL import Image

from . import VERSION
from .attributes import HELD_OUT_PAIRS, VIEWS, VOCABULARY, is_held_out, sample, skin_tone

BLOCK = 40  # pictures a worker takes at a time; a multiple of VIEWS


def portraits(attributes, size):
    """Yields one uint8 [size, size, 3] picture for each attribute dict; neighbours of one identity share its shape."""
    from .body import identity_shape
    from .rasteriser import Rasteriser
    from .scene import build

    rasteriser, kept = Rasteriser(size), (None, None)
    for a in attributes:
        key = json.dumps([a["identity"], a["male"], a["age"], a["mix"], a["muscle"], a["weight"], a["skin"], a["nose"], a["mouth"], a["face"], a["eye_shape"]])
        if kept[0] != key:
            kept = key, identity_shape(a)
        yield rasteriser.render(build(a, size, kept[1]))


def _work(folder, seed, size, count, blocks, finished):
    images = np.lib.format.open_memmap(folder / "images.npy", mode="r+")
    jobs = [i for b in blocks for i in range(b * BLOCK, min(count, (b + 1) * BLOCK))]
    for i, picture in zip(jobs, portraits((sample(seed, i) for i in jobs), size)):
        images[i] = picture
        if i % BLOCK == BLOCK - 1 or i == count - 1:
            images.flush()
            finished.put(i // BLOCK)


def _write_json(path, value):
    temporary = path.with_suffix(".part")
    temporary.write_text(json.dumps(value))
    os.replace(temporary, path)


def render_dataset(folder, count, seed, size, workers):
    """Renders what is missing of a data set; see the module's first lines for the files."""
    folder.mkdir(parents=True, exist_ok=True)
    meta = {"count": count, "size": size, "seed": seed, "version": VERSION, "views": VIEWS, "vocabulary": VOCABULARY, "held_out_pairs": HELD_OUT_PAIRS}
    meta = json.loads(json.dumps(meta))
    if (folder / "meta.json").exists():
        found = json.loads((folder / "meta.json").read_text())
        if found != meta:
            raise SystemExit(f"{folder} holds another data set ({found['count']} pictures, seed {found['seed']}, version {found['version']}); choose another folder or remove it.")
    else:
        np.lib.format.open_memmap(folder / "images.npy", mode="w+", dtype=np.uint8, shape=(count, size, size, 3)).flush()
    state = folder / "blocks.json"  # blocks that are complete, in any order
    complete = set(json.loads(state.read_text())) if state.exists() else set()
    total = -(-count // BLOCK)
    todo = [b for b in range(total) if b not in complete]
    context = multiprocessing.get_context("spawn")
    finished, started, before = context.Queue(), time.time(), len(complete)
    processes = [context.Process(target=_work, args=(folder, seed, size, count, todo[w::workers], finished)) for w in range(workers)]
    for process in processes:
        process.start()
    if not (folder / "meta.json").exists():  # while the workers begin
        with open(folder / "attributes.jsonl", "w") as lines:
            for i in range(count):
                lines.write(json.dumps(sample(seed, i)) + "\n")
        _write_json(folder / "meta.json", meta)
    while len(complete) < total:
        try:
            complete.add(finished.get(timeout=5))
        except multiprocessing.queues.Empty:
            if not any(p.is_alive() for p in processes) and finished.empty():
                raise SystemExit("A worker stopped early; its message is above.  Start again to go on.") from None
            continue
        leading = next((b for b in range(total) if b not in complete), total)
        _write_json(state, sorted(complete))
        _write_json(folder / "done.json", {"count": min(count, leading * BLOCK)})
        rate = (len(complete) - before) * BLOCK / (time.time() - started)
        print(f"{len(complete) * BLOCK} of {count}, {rate:.1f} a second", flush=True)
    for process in processes:
        process.join()


def sheet(path, count, seed, size, specs, columns=8):
    """Saves a contact sheet; specs is a list of attribute overrides, one a picture."""
    attributes = []
    for i in range(len(specs) if specs else count):
        a = sample(seed, specs[i].pop("index", i * VIEWS) if specs else i * VIEWS)
        if specs:
            a.update(specs[i])
            a["skin_tone"] = skin_tone(a["skin"])
            a["split"] = "heldout" if is_held_out(a) else "train"
        attributes.append(a)
    rows = -(-len(attributes) // columns)
    page = Image.new("RGB", (columns * size, rows * size))
    started = time.process_time()
    for i, picture in enumerate(portraits(attributes, size)):
        page.paste(Image.fromarray(picture), (i % columns * size, i // columns * size))
    page.save(path)
    print(f"{path}: {len(attributes)} portraits, {1000 * (time.process_time() - started) / len(attributes):.0f} ms of CPU each")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, help="folder of the data set")
    parser.add_argument("--sheet", type=Path, help="render a contact sheet instead")
    parser.add_argument("--specs", type=Path, help="JSON list of attribute overrides for the sheet")
    options = parser.parse_args()
    if options.sheet:
        sheet(options.sheet, options.count, options.seed, options.size, json.loads(options.specs.read_text()) if options.specs else None)
    elif options.out:
        render_dataset(options.out, options.count, options.seed, options.size, options.workers)
    else:
        parser.error("give --out DIR or --sheet FILE.png")


if __name__ == "__main__":
    main()
