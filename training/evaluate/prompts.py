"""The fixed list of prompts, each with the attributes it names.

python -m training.evaluate.prompts --data DIR     (rewrites prompts.json with the held-out pairs of that data set)

Output: [{"prompt", "expect": {attribute: [allowed values]}, "pair": whether it names a pair kept out of training,
"pair_attributes"}], the same for the same seed.  Prompts of pairs are spread evenly, so that any first part of the list is a
fair sample of it.
"""

import argparse
import json
import random
from pathlib import Path

from .phrases import PHRASES

FILE = Path(__file__).with_name("prompts.json")
SEED, ORDINARY, PAIRED = 2403, 128, 96
WEIGHTS = {
    "sex": 14, "hair": 5, "hair_colour": 6, "glasses": 5, "hat": 4, "beard": 3, "expression": 5, "age_group": 3, "skin_tone": 3,
    "top": 3, "background": 4, "lipstick": 2, "earrings": 2,
}  # fmt: skip
NEEDS_MAN, NEEDS_WOMAN = ("beard",), ("lipstick",)
FOR_MEN, FOR_WOMEN = {"balding"}, {"bob", "braided"}
SEEN_UNDER_HAT = ("bob", "long straight", "long wavy", "braided")
EARS_HIDDEN = ("bob", "long straight", "long wavy", "long curly", "curly", "afro", "braided", "side-swept", "short smooth")


def exact(name, value):
    """A phrase that allows this value alone."""
    return next(entry for entry in PHRASES[name] if entry[1:] == (value,))


def sensible(chosen):
    """Whether portraits with these phrases exist in the data."""
    values = {name: entry[1:] for name, entry in chosen.items()}
    hair, sex = values.get("hair", ()), values.get("sex", ())
    man = any(name in values for name in NEEDS_MAN) or bool(hair) and FOR_MEN.issuperset(hair)
    woman = any(name in values for name in NEEDS_WOMAN) or bool(hair) and FOR_WOMEN.issuperset(hair)
    return not (
        (man and (woman or "woman" in sex))
        or (woman and "man" in sex)
        or ("bald" in hair and "hair_colour" in values)
        or ("balding" in hair and ("young" in values.get("age_group", ()) or any(c in values.get("hair_colour", ()) for c in ("blue", "pink", "green", "purple"))))
        or ("hat" in values and any(style not in SEEN_UNDER_HAT for style in hair))
        or ("earrings" in values and (any(style in EARS_HIDDEN for style in hair) or "man" in sex or man or "beanie" in values.get("hat", ())))
        or ("suit" in values.get("top", ()) and "top_colour" in values)
        or ("hat_colour" in values and "hat" not in values)
        or ("top_colour" in values and "top" not in values)
    )


def held_out(chosen, pairs):
    """Whether the phrases name a whole pair by its exact values."""
    return any(all(name in chosen and value in chosen[name][1:] for name, value in pair) for pair in pairs)


def with_sex(chosen):
    """A beard makes it a man and lipstick a woman, and the words say so."""
    for names, sex in ((NEEDS_MAN, "man"), (NEEDS_WOMAN, "woman")):
        if "sex" not in chosen and any(name in chosen for name in names):
            return {**chosen, "sex": (sex, sex)}
    return chosen


def draw(r, chosen, wanted, pairs):
    """Adds phrases for up to `wanted` attributes more, keeping the whole sensible and free of further held-out pairs."""
    pairs_before = held_out(chosen, pairs)
    for _ in range(40):
        if wanted <= 0:
            break
        name = r.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        if name in chosen:
            continue
        more = {**chosen, name: r.choice(PHRASES[name])}
        if name in ("hat", "top") and r.random() < 0.6:
            more[f"{name}_colour"] = r.choice(PHRASES[f"{name}_colour"])
        more = with_sex(more)
        if sensible(more) and (pairs_before or not held_out(more, pairs)):
            wanted -= len(more) - len(chosen)
            chosen = more
    return chosen


def article(words):
    return ("an " if words[0] in "aeiou" else "a ") + words


def listed(parts):
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def hair_phrase(chosen):
    colour = chosen["hair_colour"][0] if "hair_colour" in chosen else ""
    template = chosen["hair"][0] if "hair" in chosen else "{c} hair"
    phrase = " ".join(template.format(c=colour).split())
    words = phrase.removeprefix("a ")
    return phrase if words == phrase else article(words)


def sentence(r, chosen):
    """A natural phrase that names everything chosen, and nothing else but who it is."""
    text = {name: entry[0] for name, entry in chosen.items()}
    noun = text.get("sex", "person")
    face = text.get("expression", "").startswith("a ")
    adjectives = [text[name] for name in ("expression", "age_group") if name in text and not (face and name == "expression")]
    has = [text["expression"]] if face else []
    has += [text["skin_tone"]] if "skin_tone" in text else []
    has += [hair_phrase(chosen)] if "hair" in text or "hair_colour" in text else []
    has += [text[name] for name in ("beard",) if name in text]
    wears = [text[name] for name in ("glasses", "earrings", "lipstick") if name in text]
    for name in ("hat", "top"):
        if name in text:
            wears.append(article(" ".join(filter(None, (text.get(f"{name}_colour"), text[name])))))
    r.shuffle(has)
    r.shuffle(wears)
    who = article(" ".join((*adjectives, noun)))
    style = r.random()
    if style < 0.2:  # a list of tags
        tags = has + wears
        r.shuffle(tags)
        return ", ".join([" ".join((*adjectives, noun)), *tags, *([text["background"]] if "background" in text else [])])
    if style < 0.4 and has and wears:
        body = f"{who} who has {listed(has)} and wears {listed(wears)}"
    elif style < 0.7 or not wears:
        body = f"{who} with {listed(has + wears)}" if has + wears else who
    else:
        body = (f"{who} with {listed(has)}," if has else who) + f" wearing {listed(wears)}"
    if "background" in text:
        behind = text["background"]
        body += f", {behind}" if "in the" in behind else r.choice((f", {behind}", f" in front of {behind}", f" against {behind}"))
    return r.choice(("", "", "portrait of ", "the face of ")) + body


def entry(r, chosen, pair):
    expect = {name: list(chosen[name][1:]) for name in PHRASES if name in chosen}
    return {"prompt": sentence(r, chosen), "expect": expect, "pair": bool(pair), "pair_attributes": [name for name, _ in pair]}


def build(pairs, ordinary=ORDINARY, paired=PAIRED, seed=SEED):
    """The list; `pairs` as in meta.json: [[attribute, value], [attribute, value]] each."""
    r = random.Random(seed)
    groups = {True: [], False: []}
    taken = set()
    while len(groups[False]) < ordinary or len(groups[True]) < paired:
        is_pair = len(groups[True]) < paired
        pair = pairs[len(groups[True]) % len(pairs)] if is_pair else ()
        start = with_sex({name: exact(name, value) for name, value in pair})
        made = entry(r, draw(r, start, r.randint(0, 2) if is_pair else r.randint(1, 5), pairs), pair)
        if made["expect"] and made["prompt"] not in taken:
            taken.add(made["prompt"])
            groups[is_pair].append(made)
    places = [((i + 0.5) / len(group), made) for group in groups.values() for i, made in enumerate(group)]
    return [made for _, made in sorted(places, key=lambda place: place[0])]


def read():
    """The committed list."""
    return json.loads(FILE.read_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of a data set: its meta.json names the held-out pairs")
    given = parser.parse_args()
    prompts = build(json.loads((given.data / "meta.json").read_text())["held_out_pairs"])
    FILE.write_text("[\n" + ",\n".join(json.dumps(made) for made in prompts) + "\n]\n")
    print(f"{FILE}: {len(prompts)} prompts, {sum(made['pair'] for made in prompts)} of them on held-out pairs")


if __name__ == "__main__":
    main()
