"""Makes extra.json: hard prompts that prompts.json and codepoints.json do not hold, and what they become.

    pip install ftfy==6.1.3 regex==2022.10.31        # with Python 3.11 (Unicode 14)
    python3 extra.py tokenizer.json > extra.json     # tokenizer.json: `model` of buildTokenizerFiles()

The steps are written down here from the description in README.md; this is not the authors' own code. Run on the texts
of prompts.json it gives their `cleaned_ftfy` and `ids_ftfy`, all of them.
"""
import html
import json
import sys

import ftfy
import regex


def misread(text, encoding, errors="strict"):
    """UTF-8 read as something else."""
    return text.encode("utf-8").decode(encoding, errors)


WORDS = "a caf\u00e9 \u2014 \u201cfa\u00e7ade\u201d"
TEXTS = {
    # Lower case comes first and breaks most mojibake; what survives is found in each encoding.
    "mojibake": [
        misread(text, encoding, "replace")
        for encoding in (
            "latin-1", "cp1252", "sloppy-windows-1252", "sloppy-windows-1251", "sloppy-windows-1250",
            "sloppy-windows-1253", "sloppy-windows-1254", "iso-8859-2", "mac-roman", "cp437",
        )
        for text in ("it\u2019s \u2014 ok", "\u2713 \u2026", "\U0001f600 hi", "\u65e5\u672c")
    ],
    "twice": [misread(misread("\u2019", "sloppy-windows-1252"), "sloppy-windows-1252"), misread(misread("\u65e5", "latin-1"), "latin-1")],
    "embedded": [WORDS + " " + misread("\u2019", "cp1252") + " \u65e5", "\u65e5 " + misread("\U0001f600", "cp1252")],
    "lossy": ["\u00e2\u20ac\u0153 like this \u00e2\u20ac\ufffd", "\u00f0\u0178\u02dc\ufffd", "\u00e2\u20ac? x \u00e2\u20ac\u2122"],
    "lost no-break space": ["\u00e2\u0080 \u00e2\u0080\u0093 x", "\u00e3 \u00e3\u0081\u0082", "\u00f0\u009f \u0098 \u00f0\u009f\u0098\u0080"],
    "variants": ["\u00ed\u00a0\u00bd\u00ed\u00b8\u008d \u00e2\u0080\u0094", "\u00ed\u00a0\u00bd \u00e2\u0080\u0094", "\u00ed\u0095\u009c\u00ea\u00b5\u00ad"],
    "c1": ["\u0093quoted\u0094 \u0085 \u0080", "\u0081\u0092\u65e5", "caf\u00e9\u0085"],
    "html": [
        "&notit; &notin; &ampamp; &amp;amp;amp; &AMP;&LT;", "&CounterClockwiseContourIntegral; &fjlig; &NotEqualTilde;",
        "&#0; &#13;x &#x80; &#x8d; &#xD800; &#x110000; &#1; &#xfffe; &#99999999999;", "&#59; &#65 &#x41g &# &#x; &;",
        "<b>&eacute;&#x2019;&#xfeff;&#8232;x</b>", "&&#69;&#65;CUTE; &ltimes; &acE; &bne;", "x < y &amp; z\n&eacute; &quot", "&eacute\n< &eacute;",
        "&abcdefghijklmnopqrstuvwxyzabcdefgh; &ng&gt", "&constructor; &__proto__; &toString",
    ],
    "characters": [
        "\u0132 \u0149 \u01c4 \u01f1 \ufb00 \ufb03 \ufb05 \ufb06", "\uff2c\uff2f\uff35\uff24\u3000\uff76\uff9e\uff8a\uff9f \uffe3 \uffa1",
        "\u2018\u2019\u201a\u201b \u201c\u201d\u201e\u201f \u02bc", "a\r\nb\rc\u2028d\u2029e\u0085f", "\x1b[31;1mred\x1b[0m \x1b[\u0663m \x1b[x \x1b",
        "a\x00b\x0bc\x1fd\x7fe\u206af\ufeffg\ufff9h\ufffci", "a\u200bb\u2060c\u00add\u200e\u180ee", "e\u0301\u0323 \u1100\u1161\u11a8 \u212b",
    ],
    "case": ["\u0399\u03a3\u03a3 \u039f\u03a3. \u03a3", "\u0130I\u0131 \u1e9e \u212a \u2126", "it'\u017f <|\u017ftartoftext|> 'S 'LL", "a\u0345b \u1fb3\u0345"],
    "marks": ["a<|endoftext|>b", "!!<|endoftext|>", "<|endoftext|><|STARTOFTEXT|>!", "<|endoftext|", "<| endoftext |>", "&lt;|endoftext|&gt;"],
    "new letters": ["a\U0002ebf0b\U0002ebf1", "\U00010d40\U00010d50x\u1c89", "\U00016ea0 \U00016ebb", "\ua7cb\ua7da\u019b", "\U00011382\U000113c9"],
    "words": ["constructor __proto__ hasOwnProperty toString", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "zzyzxqqqkkxyzzyplughabababab", "\u00bd\u2155\u2164\u4e00\u0664\u00b2 12", "#@\u2603\ufe0f!\u200d?"],
}

CLIP = regex.compile(
    r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+", regex.IGNORECASE
)
MARKS = {"<|startoftext|>": 49406, "<|endoftext|>": 49407}


def clean(text):
    text = html.unescape(html.unescape(ftfy.fix_text(text.lower()))).strip()
    return regex.sub(r"\s+", " ", text).strip().lower()


def byte_characters():
    visible = [b for b in range(256) if 0x20 < b < 0x7F or 0xA0 < b and b != 0xAD]
    hidden = [b for b in range(256) if b not in visible]
    return {**{b: chr(b) for b in visible}, **{b: chr(256 + i) for i, b in enumerate(hidden)}}


def merge(word, ranks):
    parts = [*word[:-1], word[-1] + "</w>"]
    while len(parts) > 1:
        pair = min(zip(parts, parts[1:]), key=lambda pair: ranks.get(pair, len(ranks)))
        if pair not in ranks:
            break
        merged, i = [], 0
        while i < len(parts):
            size = 2 if tuple(parts[i : i + 2]) == pair else 1
            merged.append("".join(parts[i : i + size]))
            i += size
        parts = merged
    return parts


def tokenize(text, model, characters, ranks):
    ids = [49406]
    for word in CLIP.findall(clean(text)):
        if word in MARKS:
            ids.append(MARKS[word])
        else:
            ids += [model["vocab"][part] for part in merge([characters[b] for b in word.encode()], ranks)]
    return [*ids, 49407]


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        model = json.load(file)["model"]
    ranks = {tuple(pair.split(" ")): rank for rank, pair in enumerate(model["merges"])}
    characters = byte_characters()
    rows = [
        {"category": category, "text": text, "cleaned": clean(text), "ids": tokenize(text, model, characters, ranks)}
        for category, texts in TEXTS.items()
        for text in dict.fromkeys(texts)
    ]
    print("[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]")
