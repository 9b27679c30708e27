"""A data set folder as the classifier sees it: labels by attribute, with what cannot be seen left out."""

import json
from pathlib import Path

import numpy as np

# Without one of these a face is still complete, and the classifier must be able to say so.
MAY_BE_ABSENT = (
    "hat", "beard", "glasses", "lipstick", "earrings", "necklace", "nose", "mouth", "face", "eye_shape", "skin_mark", "brows", "makeup", "fringe",
)  # fmt: skip
ATTRIBUTES = (
    "sex", "age_group", "skin_tone", "hair", "hair_colour", "hat", "hat_colour", "beard", "glasses", "glasses_colour",
    "expression", "eye_colour", "lipstick", "earrings", "necklace", "nose", "mouth", "face", "eye_shape", "skin_mark", "brows", "makeup", "fringe",
    "top", "top_colour", "background",
)  # fmt: skip
SIDE = 128  # pixels of the pictures that are judged; larger ones are halved
UNKNOWN = -100  # no label: cross_entropy's ignore_index


def read_vocabulary(folder):
    """{attribute: values} from the data set's meta.json, "none" first where there may be none."""
    vocabulary = json.loads((Path(folder) / "meta.json").read_text())["vocabulary"]
    return {name: (["none"] if name in MAY_BE_ABSENT else []) + list(vocabulary[name]) for name in ATTRIBUTES if name in vocabulary}


def visible(attributes, name):
    """Whether a picture shows this attribute at all."""
    if name == "hair_colour":
        return attributes["hair"] != "bald"
    if name == "eye_colour":
        return attributes["glasses"] != "sunglasses"
    return True


def label(attributes, name, values):
    """Index of the attribute's value, or UNKNOWN where it is hidden, missing or a value the vocabulary lacks."""
    value = attributes.get(name)
    if value is None and name in MAY_BE_ABSENT:
        value = "none"
    return values.index(value) if value in values and visible(attributes, name) else UNKNOWN


def read_dataset(folder, vocabulary, most=None):
    """(images uint8 [count, side, side, 3], labels int64 [count, attributes], split names [count]) of what is complete, `most` at most."""
    folder = Path(folder)
    done = folder / "done.json"
    if not done.exists():
        raise SystemExit(f"{done} is missing: render a data set first, and give its folder as --data.")
    count = json.loads(done.read_text())["count"]
    count = min(count, most or count)
    images = np.load(folder / "images.npy", mmap_mode="r")[:count]
    with open(folder / "attributes.jsonl") as lines:
        rows = [json.loads(line) for _, line in zip(range(count), lines)]
    labels = np.array([[label(row, name, values) for name, values in vocabulary.items()] for row in rows], dtype=np.int64)
    return images, labels, np.array([row["split"] for row in rows])
