"""A contact sheet with the prompts under the pictures: the first of the list, unselected.

python -m training.evaluate.sheet --results DIR --out sheet.webp [--setting NAME] [--count 24] [--candidates 2] [--columns 6]
"""

import argparse
import textwrap
from pathlib import Path

import matplotlib
from PIL import Image, ImageDraw, ImageFont

from .report import read_lines

FONT = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
GAP, LINE, LINES = 8, 13, 4


def sheet(results, out, setting=None, count=24, candidates=1, columns=6):
    """Each cell holds the first candidates of one prompt side by side, and its words below."""
    settings = read_lines(results)
    if setting is not None and setting not in settings:
        raise SystemExit(f"{results} has no setting {setting}: it has {', '.join(settings)}.")
    lines = settings[setting] if setting else next(iter(settings.values()))
    prompts = sorted({line["index"] for line in lines})[:count]
    files = {(line["index"], line["candidate"]): Path(results) / line["file"] for line in lines}
    words = {line["index"]: line["prompt"] for line in lines}
    side = Image.open(next(iter(files.values()))).width
    width, height = candidates * side, side + LINES * LINE + 4
    columns = min(columns, len(prompts))
    rows = -(-len(prompts) // columns)
    page = Image.new("RGB", (columns * (width + GAP) + GAP, rows * (height + GAP) + GAP), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(str(FONT), 10)
    letters = max(12, int(width / 5.7))
    for place, index in enumerate(prompts):
        x, y = GAP + place % columns * (width + GAP), GAP + place // columns * (height + GAP)
        for candidate in range(candidates):
            if (index, candidate) in files:
                page.paste(Image.open(files[index, candidate]).convert("RGB"), (x + candidate * side, y))
        for i, line in enumerate(textwrap.wrap(words[index], letters, max_lines=LINES, placeholder=" …")):
            pen.text((x, y + side + 3 + i * LINE), line, fill="#222", font=font)
    page.save(out, quality=88)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", required=True)
    parser.add_argument("--out", required=True, help=".webp or .png")
    parser.add_argument("--setting")
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--candidates", type=int, default=1)
    parser.add_argument("--columns", type=int, default=6)
    given = parser.parse_args()
    sheet(given.results, given.out, given.setting, given.count, given.candidates, given.columns)


if __name__ == "__main__":
    main()
