"""From generated pictures to metrics.json, a table and a chart.

python -m training.evaluate.report --results DIR --classifier classifier.pt [--face-check face_check.pt] [--prompts FILE] --out DIR
"""

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

from . import prompts as prompt_list
from . import face_check
from .classifier import accuracies, load, read
from .figures import Reader, figures_of, kept
from .frechet import frechet

REFERENCE_STEPS = 100


def read_lines(folder):
    """Lines of results.jsonl, by name of their setting."""
    path = Path(folder) / "results.jsonl"
    if not path.exists():
        raise SystemExit(f"{path} is missing: npm run generate makes it.")
    settings = {}
    for line in path.read_text().splitlines():
        entry = json.loads(line)
        settings.setdefault(entry["setting"], []).append(entry)
    return settings


def read_pictures(folder, lines, side):
    """uint8 [N, side, side, 3]"""
    pictures = [Image.open(Path(folder) / line["file"]).convert("RGB") for line in lines]
    return np.stack([np.asarray(p if p.size == (side, side) else p.resize((side, side), Image.Resampling.BICUBIC)) for p in pictures])


def frechet_to_renders(features, readings):
    """{"generated": distance of as many renders as there are pictures, "renders": of two halves of the renders}; None where a classifier
    of earlier days kept no features."""
    renders = readings.get("features")
    if renders is None:
        return None
    renders = renders.numpy()
    count = min(len(features), len(renders) // 2)
    return {"generated": frechet(features[:count], renders[:count]), "renders": frechet(renders[:count], renders[-count:]), "pictures": count}


def evaluate(results, classifier, prompts, faces=None, say=print):
    """{setting: figures} of a folder of results; faces is a file of face_check."""
    model, saved = load(classifier)
    reader = Reader(saved["vocabulary"], saved["readings"])
    settings = {}
    for name, lines in read_lines(results).items():
        pictures = read_pictures(results, lines, saved["side"])
        features, values = read(model, pictures)
        settings[name] = figures_of(reader, prompts, lines, values, features, saved["readings"]["spread"])
        settings[name]["frechet"] = frechet_to_renders(features, saved["readings"])
        settings[name]["intact"] = float(face_check.intact(faces, pictures).mean()) if faces else None
        say(f"{name}: {len(lines)} pictures read", flush=True)
    for figures in settings.values():
        reference = reference_of(figures, settings)
        figures["kept"], figures["kept_error"] = kept(figures, reference) if reference else (None, None)
    return settings


def alike(figures, settings, **fixed):
    """The settings that differ from these figures' in what is not fixed here: guidance and truncation are the same."""
    same = lambda other: all(other["settings"][k] == figures["settings"][k] for k in ("guidance", "truncation"))  # noqa: E731
    return [other for other in settings.values() if same(other) and all(other["settings"][k] == v for k, v in fixed.items())]


def reference_of(figures, settings):
    """The full exact chain under the same guidance and truncation, if it was run."""
    return next(iter(alike(figures, settings, sampler="exact", steps=REFERENCE_STEPS)), None)


def percent(value, error=None):
    if value is None:
        return ""
    return f"{100 * value:.1f}" + (f" ± {100 * error:.1f}" if error is not None else "")


def truncation_text(truncation):
    return {"none": "all", "topR": str(truncation.get("r")), "topK": f"{truncation.get('k')} codes"}[truncation["kind"]]


def table(settings):
    """A Markdown table, one row a setting, percentages with standard errors over prompts."""
    heads = ("sampler", "steps", "guidance", "truncation", "pictures", "attributes, %", "of ceiling", "of 100 steps", "pairs", "of ceiling", "both", "CLIP score", "best of N", "diversity", "ms")
    rows = [heads, ["---"] * 4 + ["--:"] * (len(heads) - 4)]
    for figures in settings.values():
        s, named, pairs, both = figures["settings"], figures["named"] or {}, figures["pairs"] or {}, figures["pairs_both"] or {}
        gain = figures["best_of"]["gain"]
        rows.append((
            s["sampler"], s["steps"], s["guidance"], truncation_text(s["truncation"]), figures["pictures"],
            percent(named.get("accuracy"), named.get("error")), percent(named.get("ratio")), percent(figures["kept"], figures["kept_error"]),
            percent(pairs.get("accuracy"), pairs.get("error")), percent(pairs.get("ratio")), percent(both.get("accuracy")),
            f"{figures['score']['mean']:.3f}", "" if gain is None else f"{100 * gain:+.1f}",
            "" if figures["diversity"] is None else f"{figures['diversity']:.2f}", f"{figures['milliseconds']:.0f}",
        ))  # fmt: skip
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows) + "\n"


def attribute_table(figures):
    """Markdown: what is followed and what is not, under one setting."""
    lines = ["| attribute | read back, % | ceiling | of ceiling | reads |", "| --- | --: | --: | --: | --: |"]
    for name, m in sorted(figures["attributes"].items(), key=lambda item: -item[1]["ratio"]):
        lines.append(f"| {name.replace('_', ' ')} | {percent(m['accuracy'], m['error'])} | {percent(m['ceiling'])} | {percent(m['ratio'])} | {m['reads']} |")
    return "\n".join(lines) + "\n"


def chart(settings, path):
    """Attributes read back, of the ceiling, against steps; the whole exact chain is the line to hold."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    counts = {}
    for figures in settings.values():
        key = json.dumps([figures["settings"]["guidance"], figures["settings"]["truncation"]])
        counts[key] = counts.get(key, 0) + 1
    most = max(counts, key=counts.get)
    first = next(f for f in settings.values() if json.dumps([f["settings"]["guidance"], f["settings"]["truncation"]]) == most)
    figure, axes = pyplot.subplots(figsize=(6.4, 3.6), dpi=150)
    for sampler, label, colour, marker in (("exact", "exact strided posterior (ours)", "#2b5fd9", "o"), ("authors-fast", "the authors' fast mode", "#d9772b", "s")):
        points = sorted(alike(first, settings, sampler=sampler), key=lambda f: f["settings"]["steps"])
        points = [f for f in points if f["named"]]
        if points:
            axes.errorbar(
                [f["settings"]["steps"] for f in points], [100 * f["named"]["ratio"] for f in points],
                [100 * f["named"]["error"] / f["named"]["ceiling"] for f in points], label=label, color=colour, marker=marker, capsize=3, lw=1.8,
            )  # fmt: skip
    reference = reference_of(first, settings)
    if reference:
        axes.axhline(100 * reference["named"]["ratio"], color="#888", ls=":", lw=1.2, label="100 steps")
    axes.set_xscale("log")
    ticks = sorted({f["settings"]["steps"] for f in alike(first, settings)})
    axes.set_xticks(ticks, [str(t) for t in ticks])
    axes.minorticks_off()
    axes.set_xlabel("denoiser evaluations")
    axes.set_ylabel("attributes read back,\n% of the classifier's ceiling")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#eee")
    axes.legend(frameon=False, fontsize=8, loc="lower right")
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)


def write(out, groups, classifier):
    """metrics.json and report.md of {title: {setting: figures}}, and steps.png of the last group that has several steps."""
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    _, saved = load(classifier)
    ceilings = accuracies(saved["readings"], saved["vocabulary"])
    about = {"pictures": saved["pictures"], "epochs": saved["epochs"], "seed": saved["seed"], "accuracy": ceilings}
    slim = {title: {name: {k: v for k, v in f.items() if k != "per_prompt"} for name, f in settings.items()} for title, settings in groups.items()}
    (out / "metrics.json").write_text(json.dumps({"classifier": about, "groups": slim}, indent=1) + "\n")
    text = ""
    for title, settings in groups.items():
        first = next(iter(settings.values()))
        text += f"## {title}\n\n{table(settings)}\n### By attribute, {first['settings']['sampler']}, {first['settings']['steps']} steps\n\n{attribute_table(first)}\n"
        if len({f["settings"]["steps"] for f in settings.values()}) > 1:
            chart(settings, out / "steps.png")
    (out / "report.md").write_text(text)
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", required=True, help="folder of npm run generate")
    parser.add_argument("--classifier", required=True)
    parser.add_argument("--prompts", type=Path, default=prompt_list.FILE)
    parser.add_argument("--face-check", type=Path)
    parser.add_argument("--out", required=True)
    given = parser.parse_args()
    settings = evaluate(given.results, given.classifier, json.loads(given.prompts.read_text()), given.face_check)
    print(write(given.out, {"Evaluation": settings}, given.classifier))


if __name__ == "__main__":
    main()
