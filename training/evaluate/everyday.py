"""Two hundred prompts in words that no caption has: what people type, and what should be seen.

python -m training.evaluate.everyday [--out FILE.json]     prints the list, or writes it as training.evaluate reads prompts; fails if a
                                                           caption uses one of the words

Written before the text tower was taught any synonyms, and kept out of captions and of the teacher's list of words: `WORDS` are the words under
test, each with a few sentences and what a picture should show.
"""

import argparse
import json
import re
from pathlib import Path

_IS = ("a {}", "portrait of a {}", "a smiling {} in front of a white background")
_HAIR = ("a woman with {} hair", "a man with {} hair and glasses", "{} hair, blue background")
_STYLE = ("a person with {}", "a woman with {}", "portrait of someone with {}")
_MOOD = ("a {} woman", "a {} man with brown hair", "a {} person")
_WEARS = ("a man wearing {}", "a woman with blond hair wearing {}", "{}, grey background")
_HAS = ("a man with {}", "an old man with {}", "a man with {} and black hair")
_BACK = ("a woman, {} background", "a man against a {} background", "a person with short hair, {} background")
_PLACE = ("a woman in a {}", "a man, a {} behind him")
_SKIN = ("a woman with {} skin", "a man with {} skin")
_FACE = ("a {} woman", "a {} man")

# words under test -> (sentences, {attribute: values of which one should be seen})
WORDS = {
    "grandmother": (_IS, {"sex": ["woman"], "age_group": ["old"]}), "granny": (_IS, {"sex": ["woman"], "age_group": ["old"]}),
    "grandfather": (_IS, {"sex": ["man"], "age_group": ["old"]}), "pensioner": (_IS, {"age_group": ["old"]}),
    "gentleman": (_IS, {"sex": ["man"]}), "bloke": (_IS, {"sex": ["man"]}), "girl": (_IS, {"sex": ["woman"]}), "boy": (_IS, {"sex": ["man"]}),
    "princess": (_IS, {"sex": ["woman"]}), "queen": (_IS, {"sex": ["woman"]}), "king": (_IS, {"sex": ["man"]}), "mother": (_IS, {"sex": ["woman"]}),
    "father": (_IS, {"sex": ["man"]}), "husband": (_IS, {"sex": ["man"]}), "wife": (_IS, {"sex": ["woman"]}), "student": (_IS[:2], {"age_group": ["young"]}),
    "scarlet": (_HAIR, {"hair_colour": ["red"]}), "crimson": (_HAIR, {"hair_colour": ["red"]}), "auburn": (_HAIR, {"hair_colour": ["red", "brown", "dark brown"]}),
    "raven": (_HAIR, {"hair_colour": ["black"]}), "golden": (_HAIR, {"hair_colour": ["blond"]}), "chestnut": (_HAIR, {"hair_colour": ["brown", "dark brown", "light brown"]}),
    "silver": (_HAIR[:1], {"hair_colour": ["grey", "white"]}), "violet": (_HAIR, {"hair_colour": ["purple"]}), "turquoise": (_HAIR[:2], {"hair_colour": ["blue", "green"]}),
    "emerald": (_HAIR, {"hair_colour": ["green"]}), "copper": (_HAIR, {"hair_colour": ["red"]}), "lilac": (_HAIR[:2], {"hair_colour": ["purple", "pink"]}),
    "magenta": (_HAIR[:2], {"hair_colour": ["pink", "purple", "red"]}), "snowy": (_HAIR[:2], {"hair_colour": ["white"]}),
    "ringlets": (_STYLE, {"hair": ["curly", "long curly", "afro"]}), "frizzy hair": (_STYLE[:2], {"hair": ["curly", "long curly", "afro"]}),
    "plaits": (_STYLE, {"hair": ["braided"]}), "pigtails": (_STYLE[:2], {"hair": ["braided", "tied back"]}), "a topknot": (_STYLE[:2], {"hair": ["bun"]}),
    "hairless": (_FACE, {"hair": ["bald"]}), "flowing hair": (_STYLE[:2], {"hair": ["long straight", "long wavy", "long curly"]}),
    "joyful": (_MOOD, {"expression": ["smiling", "laughing"]}), "cheerful": (_MOOD, {"expression": ["smiling", "laughing"]}), "delighted": (_MOOD, {"expression": ["smiling", "laughing"]}),
    "furious": (_MOOD, {"expression": ["angry"]}), "enraged": (_MOOD, {"expression": ["angry"]}), "annoyed": (_MOOD, {"expression": ["angry"]}), "grumpy": (_MOOD[:2], {"expression": ["angry", "sad"]}),
    "gloomy": (_MOOD, {"expression": ["sad"]}), "miserable": (_MOOD, {"expression": ["sad"]}), "heartbroken": (_MOOD, {"expression": ["sad"]}), "crying": (_MOOD[:2], {"expression": ["sad"]}),
    "astonished": (_MOOD, {"expression": ["surprised"]}), "amazed": (_MOOD, {"expression": ["surprised"]}), "startled": (_MOOD, {"expression": ["surprised"]}),
    "giggling": (_MOOD[:2], {"expression": ["laughing", "smiling"]}), "beaming": (_MOOD[:2], {"expression": ["smiling", "laughing"]}),
    "spectacles": (_WEARS, {"glasses": ["round glasses", "rectangular glasses"]}), "eyeglasses": (_WEARS, {"glasses": ["round glasses", "rectangular glasses"]}),
    "specs": (_WEARS[:2], {"glasses": ["round glasses", "rectangular glasses"]}), "a trilby": (_WEARS[:2], {"hat": ["fedora"]}), "a bowler": (_WEARS[:2], {"hat": ["fedora"]}),
    "a bonnet": (_WEARS[:2], {"hat": ["beanie", "cap", "fedora"]}), "headwear": (_WEARS[:2], {"hat": ["beanie", "cap", "fedora"]}),
    "a pullover": (_WEARS, {"top": ["sweater"]}), "a cardigan": (_WEARS[:2], {"top": ["sweater"]}), "a hoodie": (_WEARS[:2], {"top": ["sweater"]}), "a tuxedo": (_WEARS, {"top": ["suit"]}),
    "a blazer": (_WEARS, {"top": ["suit"]}), "a blouse": (_WEARS[1:2], {"top": ["shirt", "t-shirt"]}),
    "whiskers": (_HAS, {"beard": ["moustache", "full beard", "long beard", "goatee", "sideburns", "stubble"]}), "facial hair": (_HAS, {"beard": ["moustache", "full beard", "long beard", "goatee", "sideburns", "stubble"]}),
    "bristles": (_HAS[:2], {"beard": ["stubble", "full beard", "moustache"]}), "bearded": (_FACE[1:], {"beard": ["full beard", "long beard", "goatee"]}), "unshaven": (_FACE[1:], {"beard": ["stubble", "full beard"]}),
    "cobalt": (_BACK, {"background": ["blue"]}), "azure": (_BACK[:2], {"background": ["blue", "teal"]}), "ruby": (_BACK, {"background": ["red"]}), "lemon": (_BACK[:2], {"background": ["yellow"]}),
    "lavender": (_BACK[:2], {"background": ["purple", "pink"]}), "charcoal": (_BACK, {"background": ["grey", "black"]}), "tan": (_BACK[:1], {"background": ["beige", "orange"]}), "lime": (_BACK[:2], {"background": ["green", "yellow"]}),
    "garden": (_PLACE, {"background": ["outdoor"]}), "forest": (_PLACE, {"background": ["outdoor"]}), "meadow": (_PLACE, {"background": ["outdoor"]}), "kitchen": (_PLACE, {"background": ["indoor"]}),
    "office": (_PLACE, {"background": ["indoor"]}), "downtown": (_PLACE[:1], {"background": ["city night"]}),
    "ebony": (_SKIN, {"skin_tone": ["dark", "brown"]}), "porcelain": (_SKIN, {"skin_tone": ["fair", "light"]}), "bronzed": (_SKIN, {"skin_tone": ["tan", "brown"]}),
    "freckly": (_FACE, {"skin_mark": ["freckles"]}), "plump": (_FACE, {"face": ["chubby"]}), "overweight": (_FACE, {"face": ["chubby"]}), "youthful": (_FACE, {"age_group": ["young"]}), "ancient": (_FACE, {"age_group": ["old"]}),
}  # fmt: skip
# "silver" and "tan" name jewellery and skin in captions; here they are asked for in another place.
_CAPTIONED = {"silver", "tan"}


def prompts():
    """[{"prompt", "expect", "word", "pair", "pair_attributes"}] of the list, of which no prompt is on a pair."""
    made = []
    for word, (sentences, expect) in WORDS.items():
        for sentence in sentences:
            text = re.sub(r"\ba (?=[aeiou])", "an ", sentence.format(word))
            made.append({"prompt": text, "expect": expect, "word": word, "pair": False, "pair_attributes": []})
    return made


def unseen():
    """The words that no caption may contain."""
    return {part for word in WORDS for part in re.findall("[a-z]+", word) if part not in ("a", "hair", "facial")} - _CAPTIONED


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    from training.faces.attributes import sample
    from training.faces.captions import caption

    captioned = {word for i in range(20000) for word in re.findall("[a-z]+", caption(sample(1, i), i)[0])}
    both = unseen() & captioned
    if both:
        raise SystemExit(f"captions use {', '.join(sorted(both))}: these words no longer test anything")
    if given.out:
        given.out.write_text(json.dumps(prompts(), indent=1))
        return
    for made in prompts():
        print(made["prompt"], made["expect"])


if __name__ == "__main__":
    main()
