"""Evaluates a pack: classifier, pictures by `npm run generate`, figures, chart and contact sheet.

python -m training.evaluate --pack public/models/portraits --data DIR --out DIR [--quick] [--full]

OUT/classifier.pt is trained on DIR when it is missing.  OUT/defaults holds all prompts under the pack's defaults, OUT/sweep the
first prompts of the list under every setting; both go on where they stopped.  OUT/metrics.json, report.md, steps.png and
sheet.webp are the result.  --quick is a check in minutes, --full sweeps the steps over all prompts.
"""

import argparse
import json
import shutil
import subprocess
from pathlib import Path

from . import classifier, prompts, report, sheet

ROOT = Path(__file__).resolve().parents[2]
STEPS = {"exact": (100, 50, 25, 10, 5), "authors-fast": (50, 25, 10, 5)}
GUIDANCE, TRUNCATION = (1, 1.5, 2, 3, 5), (0.7, 0.8, 0.9, 1)


def step_grid(quick):
    """The exact chain first: its full length is what the others are measured against."""
    if quick:
        return [{"steps": 100}, {"steps": 25}, {"steps": 10}, {"steps": 10, "sampler": "authors-fast"}]
    return [{"sampler": sampler, "steps": steps} for sampler, counts in STEPS.items() for steps in counts]


def tuning_grid():
    """Guidance, then truncation, at 25 steps."""
    return [{"steps": 25, "guidance": g} for g in GUIDANCE] + [{"steps": 25, "truncation": t} for t in TRUNCATION]


def generate(given, folder, listed, seeds, grid):
    """Runs the engine over some prompts and settings, into a folder of OUT."""
    if not shutil.which("npm"):
        raise SystemExit("npm is missing: the pictures are made by the TypeScript engine, so install Node 20 and run npm ci.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prompts.json").write_text(json.dumps(listed))
    (folder / "grid.json").write_text(json.dumps(grid))
    command = ["npm", "run", "--silent", "generate", "--", "--pack", given.pack.resolve(), "--prompts", folder / "prompts.json", "--grid", folder / "grid.json"]
    command += ["--out", folder, "--seeds", seeds, "--seed", given.seed, "--threads", given.threads]
    command += [] if given.wasm else ["--native"]
    for flag in ("guidance", "truncation"):
        if getattr(given, flag) is not None:
            command += [f"--{flag}", getattr(given, flag)]
    if subprocess.run([str(part) for part in command], cwd=ROOT).returncode:
        raise SystemExit(f"npm run generate failed, see above; the pictures so far are in {folder}, and the same command goes on.")


def main():
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--data", type=Path, help="folder of the rendered data set, to train the classifier on")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--classifier", type=Path, help="a finished one (OUT/classifier.pt)")
    parser.add_argument("--face-check", type=Path, help="a finished one (training.evaluate.face_check), to count intact faces")
    parser.add_argument("--prompts", type=int, help="only the first of the list: any first part is a fair sample (224, or 24 when quick)")
    parser.add_argument("--seeds", type=int, default=4, help="pictures of each prompt under the defaults")
    parser.add_argument("--sweep-prompts", type=int, default=64)
    parser.add_argument("--sweep-seeds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--guidance", help="in place of the pack's default")
    parser.add_argument("--truncation", help="in place of the pack's default")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--wasm", action="store_true", help="the page's own runtime; native ONNX Runtime is faster")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="24 prompts, few settings")
    size.add_argument("--full", action="store_true", help="the steps over all prompts and seeds")
    given = parser.parse_args()
    given.out = given.out.resolve()
    trained = given.classifier or given.out / "classifier.pt"
    if not trained.exists():
        if given.data is None:
            parser.error(f"{trained} is missing: give --data to train it, or --classifier")
        given.out.mkdir(parents=True, exist_ok=True)
        classifier.train(given.data, trained, epochs=4 if given.quick else 14, minutes=float("inf"))
    listed = prompts.read()
    listed = listed[: given.prompts or (24 if given.quick else len(listed))]
    groups = {"Defaults": (given.out / "defaults", listed, given.seeds, [{"steps": 25}])}
    if given.full:
        groups["Steps"] = (given.out / "steps", listed, given.seeds, step_grid(False))
        groups["Guidance and truncation"] = (given.out / "sweep", listed[: given.sweep_prompts], given.sweep_seeds, tuning_grid())
    else:
        settings = step_grid(given.quick) + ([] if given.quick else tuning_grid())
        groups["Sweep"] = (given.out / "sweep", listed[: given.sweep_prompts], given.sweep_seeds, settings)
    found = {}
    for title, (folder, chosen, seeds, grid) in groups.items():
        generate(given, folder, chosen, seeds, grid)
        found[title] = report.evaluate(folder, trained, listed, given.face_check)
        report.write(given.out, found, trained)  # so far
    sheet.sheet(given.out / "defaults", given.out / "sheet.webp", count=36, columns=9)
    print((given.out / "report.md").read_text())


if __name__ == "__main__":
    main()
