"""The evaluation on synthetic data: what it counts, and that the classifier learns, stops, goes on and reports."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from training.evaluate import classifier, likes, prompts, report, sheet
from training.evaluate.data import ATTRIBUTES, MAY_BE_ABSENT, UNKNOWN, label, read_vocabulary
from training.evaluate.figures import Reader, figures_of, kept, share
from training.evaluate.phrases import PHRASES

COLOURS = {"red": (200, 30, 30), "blue": (30, 30, 200)}
PAIRS = [[["hair_colour", "red"], ["glasses", "sunglasses"]], [["hat", "fedora"], ["beard", "full beard"]]]


def write_data(folder, count=192, side=32):
    """Pictures whose upper half shows the background, and whose lower half is light with sunglasses and dark without."""
    folder.mkdir()
    vocabulary = {name: ["one", "other"] for name in ATTRIBUTES}
    vocabulary |= {"background": list(COLOURS), "glasses": ["round glasses", "sunglasses"], "hair_colour": ["red", "blue"]}
    r = np.random.default_rng(1)
    images = np.zeros((count, side, side, 3), np.uint8)
    rows = []
    for i in range(count):
        row = {name: values[0] for name, values in vocabulary.items()}
        row["background"] = list(COLOURS)[r.integers(2)]
        row["glasses"] = ("sunglasses", None)[r.integers(2)]
        row["split"] = "test" if i % 8 == 7 else "train"
        images[i, : side // 2] = COLOURS[row["background"]]
        images[i, side // 2 :] = 230 if row["glasses"] else 20
        rows.append(row)
    np.save(folder / "images.npy", images)
    (folder / "attributes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "done.json").write_text(json.dumps({"count": count}))
    (folder / "meta.json").write_text(json.dumps({"vocabulary": vocabulary, "held_out_pairs": PAIRS}))
    return images, rows


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """(data folder, classifier file) after two calls, the first of which was stopped after a step or so."""
    torch.set_num_threads(1)
    base = tmp_path_factory.mktemp("evaluate")
    write_data(base / "data")
    out = base / "classifier.pt"
    assert not classifier.train(base / "data", out, epochs=8, minutes=1e-6, say=lambda *a, **k: None)
    assert not out.exists()
    assert classifier.train(base / "data", out, epochs=8, minutes=5, say=lambda *a, **k: None)
    return base / "data", out


def test_classifier_learns_and_reports_its_ceiling(trained):
    data, out = trained
    model, saved = classifier.load(out)
    images = np.load(data / "images.npy")
    rows = [json.loads(line) for line in (data / "attributes.jsonl").read_text().splitlines()]
    _, values = classifier.read(model, images)
    for name in ("background", "glasses"):
        truth = [label(row, name, saved["vocabulary"][name]) for row in rows]
        assert (values[:, list(saved["vocabulary"]).index(name)] == truth).mean() > 0.95
        accuracy, count = classifier.accuracies(saved["readings"], saved["vocabulary"])[name]["test"]
        assert accuracy > 0.9 and count == 24


def test_labels_of_what_is_absent_hidden_or_unknown(tmp_path):
    write_data(tmp_path / "data", 8)
    vocabulary = read_vocabulary(tmp_path / "data")
    assert vocabulary["glasses"][0] == "none" and "none" not in vocabulary["background"]
    face = {"hair": "bald", "hair_colour": "red", "glasses": None, "background": "plaid"}
    assert label(face, "glasses", vocabulary["glasses"]) == 0
    assert label(face, "hair_colour", vocabulary["hair_colour"]) == UNKNOWN
    assert label(face, "background", vocabulary["background"]) == UNKNOWN
    assert label(face, "hat_colour", vocabulary["hat_colour"]) == UNKNOWN


def reader(labels, values):
    vocabulary = {"hat": ["none", "cap", "fedora"], "hat_colour": ["red", "blue"]}
    return Reader(vocabulary, {"labels": torch.tensor(labels), "values": torch.tensor(values)})


def test_a_coarse_word_allows_several_values_and_a_colour_needs_its_hat():
    r = reader([[1, 0]], [[1, 0]])
    expect = r.known({"hat": ["cap", "fedora", "sombrero"], "hat_colour": ["red"], "mood": ["good"]})
    assert expect == {"hat": {1, 2}, "hat_colour": {0}}
    read = np.array([[1, 0], [2, 1], [0, 0]])
    assert r.hits(read, "hat", expect["hat"]).tolist() == [True, True, False]
    assert r.hits(read, "hat_colour", expect["hat_colour"]).tolist() == [True, False, False]


def test_ceiling_is_of_the_values_asked_for():
    # Fifty caps all read right, fifty fedoras all read as caps.
    r = reader([[1, 0]] * 50 + [[2, 0]] * 50, [[1, 0]] * 100)
    assert r.ceiling("hat", {1}) == pytest.approx((50 + 10 * 0.5) / 60)
    assert r.ceiling("hat", {2}) == pytest.approx((0 + 10 * 0.5) / 60)
    assert r.ceiling("hat", {1, 2}) == pytest.approx((100 + 10 * 0.5) / 110)
    assert r.ceiling_both({"hat": {1}, "hat_colour": {0}}) == 1
    assert r.ceiling_both({"hat": {1}, "hat_colour": {1}}) is None


def line(index, candidate, score):
    settings = {"sampler": "exact", "steps": 25, "guidance": 1, "truncation": {"kind": "none"}}
    return {"index": index, "candidate": candidate, "prompt": f"p{index}", "score": score, "settings": settings, "milliseconds": 5, "file": "f"}


def test_figures_of_a_setting_counted_by_hand():
    r = reader([[1, 0], [2, 1]] * 50, [[1, 0], [2, 1]] * 50)
    listed = [
        {"prompt": "p0", "expect": {"hat": ["cap"], "hat_colour": ["red"]}, "pair": True, "pair_attributes": ["hat", "hat_colour"]},
        {"prompt": "p1", "expect": {"hat": ["fedora"]}, "pair": False, "pair_attributes": []},
    ]
    lines = [line(0, 0, 0.1), line(0, 1, 0.9), line(1, 0, 0.5), line(1, 1, 0.2)]
    values = np.array([[1, 1], [1, 0], [0, 0], [2, 0]])
    features = np.array([[1, 0], [0, 1], [1, 0], [1, 0]], float)
    found = figures_of(r, listed, lines, values, features, spread=np.sqrt(2))
    assert found["named"]["accuracy"] == pytest.approx(4 / 6, abs=1e-4) and found["named"]["reads"] == 6
    assert found["named"]["ceiling"] == 1
    assert found["pairs"]["accuracy"] == 0.75
    assert found["pairs_both"]["accuracy"] == 0.5
    # The best by CLIP: the second of p0 with both right, the first of p1 with nothing.
    assert found["best_of"]["accuracy"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["diversity"] == 0.5
    assert found["score"]["mean"] == pytest.approx(0.425)
    assert kept(found, found) == (1.0, 0.0)
    with pytest.raises(SystemExit, match="not prompt 1"):
        figures_of(r, [listed[0], {**listed[1], "prompt": "other"}], lines, values, features, 1)


def test_standard_error_is_over_prompts():
    mean, error = share([4, 0, 4, 0], [4, 4, 4, 4])
    assert mean == 0.5
    assert error == pytest.approx(np.std([1, 0, 1, 0], ddof=1) / 2)


def test_prompts_are_fixed_sensible_and_say_what_they_expect():
    listed = prompts.build(PAIRS, ordinary=80, paired=40)
    assert listed == prompts.build(PAIRS, ordinary=80, paired=40)
    assert len({made["prompt"] for made in listed}) == 120
    assert sum(made["pair"] for made in listed[:60]) == 20
    for made in listed:
        expect, words = made["expect"], made["prompt"]
        named = [all(value in expect.get(name, []) for name, value in pair) for pair in PAIRS]
        assert any(named) == made["pair"], words
        for name, allowed in expect.items():
            texts = [entry[0] for entry in PHRASES[name] if list(entry[1:]) == allowed]
            assert any(all(word in words for word in text.replace("{c}", "").removeprefix("a ").split()) for text in texts), (words, name)
        assert "{" not in words and "  " not in words
        assert not ("beard" in expect and expect["sex"] != ["man"])
        assert not ("hat_colour" in expect and "hat" not in expect)


def test_the_committed_prompts():
    listed = prompts.read()
    assert len(listed) >= 200 and sum(made["pair"] for made in listed) >= 80
    assert max(len(made["expect"]) for made in listed) <= 6
    assert all(name in PHRASES for made in listed for name in made["expect"])


def test_report_and_sheet_of_a_folder_of_results(trained, tmp_path):
    data, out = trained
    images = np.load(data / "images.npy")
    listed = [{"prompt": f"p{i}", "expect": {"background": [colour]}, "pair": False, "pair_attributes": []} for i, colour in enumerate(COLOURS)]
    lines = []
    rows = [json.loads(text) for text in (data / "attributes.jsonl").read_text().splitlines()]
    for steps in (100, 10):
        (tmp_path / str(steps)).mkdir()
        for i, colour in enumerate(COLOURS):
            # All right at 100 steps; at 10 steps every picture has the first colour.
            wanted = colour if steps == 100 else list(COLOURS)[0]
            shown = [k for k, row in enumerate(rows) if row["background"] == wanted][:2]
            for c in range(2):
                file = f"{steps}/{i}-{c}.png"
                Image.fromarray(images[shown[c]]).save(tmp_path / file)
                entry = line(i, c, 0.5)
                lines.append({**entry, "setting": str(steps), "file": file, "settings": {**entry["settings"], "steps": steps}})
    (tmp_path / "results.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in lines))
    settings = report.evaluate(tmp_path, out, listed, say=lambda *a, **k: None)
    assert settings["100"]["named"]["accuracy"] == 1
    assert settings["10"]["named"]["accuracy"] == 0.5 and settings["10"]["kept"] == 0.5
    text = report.write(tmp_path / "out", {"Sweep": settings}, out)
    assert "| exact | 10 | 1 | all | 4 | 50.0 ± 50.0 |" in text
    assert json.loads((tmp_path / "out/metrics.json").read_text())["groups"]["Sweep"]["100"]["pictures"] == 4
    assert Image.open(tmp_path / "out/steps.png").width > 500
    sheet.sheet(tmp_path, tmp_path / "sheet.webp", setting="10", candidates=2)
    assert Image.open(tmp_path / "sheet.webp").width == 2 * (64 + 8) + 8
    with pytest.raises(SystemExit, match="has no setting 7"):
        sheet.sheet(tmp_path, tmp_path / "sheet.webp", setting="7")


def test_a_missing_data_set_or_folder_is_said_in_a_sentence(tmp_path):
    with pytest.raises(SystemExit, match="render a data set first"):
        classifier.read_dataset(tmp_path, {})
    with pytest.raises(SystemExit, match="npm run generate makes it"):
        report.read_lines(tmp_path)
    assert set(MAY_BE_ABSENT) <= set(ATTRIBUTES)


def test_sources_get_prompts_that_ask_for_something_else():
    row = {"sex": "man", "hat": None, "beard": "goatee", "hair": "bob"}
    asked = [
        {"prompt": "a man", "expect": {"sex": ["man"], "hat": ["cap"], "hair": ["bun"]}},
        {"prompt": "too little", "expect": {"sex": ["woman"]}},
        {"prompt": "no hat", "expect": {"sex": ["woman"], "hat": ["none"], "hair": ["bun"]}},
        {"prompt": "another", "expect": {"sex": ["woman"], "hat": ["cap", "beanie"], "beard": ["none"]}},
    ]
    assert [prompt["prompt"] for _, prompt in likes.pairs([row, row], asked)] == ["another"]


def test_a_middle_lies_between_its_ends_whichever_way_they_lie():
    low, high = np.array([0.1, 0.8, 0.5]), np.array([0.9, 0.2, 0.5])
    assert likes.between((low, high), np.array([0.5, 0.5, 0.5])).all()
    assert not likes.between((low, high), np.array([0.95, 0.1, 0.4])).any()
    assert likes.shared(np.array([[1, 2, 3, 4]]), np.array([[1, 2, 0, 0]]))[0] == 0.5
