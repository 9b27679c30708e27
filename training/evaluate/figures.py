"""The figures of one setting: how many of the attributes that its prompts name are read back from its pictures."""

import numpy as np

from .classifier import unit
from .data import UNKNOWN

# A colour is only there where the thing is: {attribute: (other attribute, the value that hides it)}.
HIDDEN_BY = {"hat_colour": ("hat", "none"), "glasses_colour": ("glasses", "none"), "hair_colour": ("hair", "bald")}
PRIOR = 10  # renders by which a rare value's ceiling is drawn to its attribute's


class Reader:
    """Judges read values against expectations; the ceilings come from renders that the classifier never trained on."""

    def __init__(self, vocabulary, readings):
        self.vocabulary, self.columns = vocabulary, {name: i for i, name in enumerate(vocabulary)}
        self.labels, self.values = readings["labels"].numpy(), readings["values"].numpy()

    def known(self, expect):
        """The part of an expectation that the classifier has words for: {attribute: set of value indices}."""
        found = {
            name: {self.vocabulary[name].index(value) for value in allowed if value in self.vocabulary[name]}
            for name, allowed in expect.items()
            if name in self.vocabulary
        }
        return {name: allowed for name, allowed in found.items() if allowed}

    def hits(self, values, name, allowed):
        """bool [N]: the read values [N, attributes] show one of the allowed values."""
        right = np.isin(values[:, self.columns[name]], list(allowed))
        if name in HIDDEN_BY:
            other, hiding = HIDDEN_BY[name]
            right &= values[:, self.columns[other]] != self.vocabulary[other].index(hiding)
        return right

    def ceiling(self, name, allowed):
        """Share of unseen renders that show an allowed value and are read so."""
        labels = self.labels[:, self.columns[name]]
        known = labels != UNKNOWN
        overall = (labels == self.values[:, self.columns[name]])[known].mean() if known.any() else 1.0
        shown = np.isin(labels, list(allowed))
        right = self.hits(self.values[shown], name, allowed).sum()
        return float((right + PRIOR * overall) / (shown.sum() + PRIOR))

    def ceiling_both(self, expect):
        """The same for all attributes of an expectation at once; None where no render shows them together."""
        shown = np.all([np.isin(self.labels[:, self.columns[name]], list(allowed)) for name, allowed in expect.items()], 0)
        if not shown.any():
            return None
        return float(np.all([self.hits(self.values[shown], name, allowed) for name, allowed in expect.items()], 0).mean())


def share(right, total):
    """(share, standard error) over prompts that are drawn whole; right and total are sums for each prompt."""
    right, total = np.asarray(right, float), np.asarray(total, float)
    if not total.sum():
        return None, None
    mean, count = right.sum() / total.sum(), len(total)
    spread = np.sqrt(((right - mean * total) ** 2).sum() * count / max(1, count - 1)) / total.sum()
    return float(mean), float(spread)


def rounded(value, digits=4):
    return None if value is None else round(float(value), digits)


def measured(right, total, ceiling):
    """{"accuracy", "error", "ceiling", "ratio", "reads"} from sums for each prompt."""
    mean, error = share(right, total)
    if mean is None:
        return None
    best = float(np.sum(ceiling) / np.sum(total))
    return {"accuracy": rounded(mean), "error": rounded(error), "ceiling": rounded(best), "ratio": rounded(mean / best), "reads": int(np.sum(total))}


def figures_of(reader, prompts, lines, values, features, spread):
    """All figures of one setting.

    prompts: the list of prompts.json; lines: its lines of results.jsonl; values, features: of their pictures, in that order.
    """
    by_prompt, by_attribute, pairs, both, best, distances = [], {}, [], [], [], []
    scores = np.array([line["score"] for line in lines])
    places = {}
    for place, line in enumerate(lines):
        places.setdefault(line["index"], []).append(place)
    unread = set()
    for index, rows in sorted(places.items()):
        prompt = prompts[index]
        if prompt["prompt"] != lines[rows[0]]["prompt"]:
            raise SystemExit(f'Picture {lines[rows[0]]["file"]} was made of "{lines[rows[0]]["prompt"]}", which is not prompt {index} of the list: generate again.')
        expect = reader.known(prompt["expect"])
        unread |= set(prompt["expect"]) - set(expect)
        if expect:
            hits = {name: reader.hits(values[rows], name, allowed) for name, allowed in expect.items()}
            ceilings = {name: reader.ceiling(name, allowed) for name, allowed in expect.items()}
            n = len(rows)
            by_prompt.append((sum(h.sum() for h in hits.values()), n * len(hits), n * sum(ceilings.values())))
            top = int(np.argmax(scores[rows]))
            best.append((sum(h[top] for h in hits.values()), len(hits)))
            for name in hits:
                by_attribute.setdefault(name, []).append((hits[name].sum(), n, n * ceilings[name]))
            pair = [name for name in prompt["pair_attributes"] if name in hits]
            if len(pair) == 2:
                pairs.append((sum(hits[name].sum() for name in pair), 2 * n, n * sum(ceilings[name] for name in pair)))
                together = reader.ceiling_both({name: expect[name] for name in pair})
                if together is not None:
                    both.append((np.all([hits[name] for name in pair], 0).sum(), n, n * together))
        if len(rows) > 1:
            f = unit(features[rows])
            apart = np.linalg.norm(f[:, None] - f[None], axis=2)
            distances.append(apart[np.triu_indices(len(rows), 1)].mean())
    columns = lambda rows: [list(column) for column in zip(*rows)] or [[], [], []]  # noqa: E731
    named = measured(*columns(by_prompt))
    best_mean, best_error = share(*(columns(best)[:2]))
    score_mean, score_error = share([scores[rows].sum() for rows in places.values()], [len(rows) for rows in places.values()])
    return {
        "settings": lines[0]["settings"],
        "prompts": len(places),
        "pictures": len(lines),
        "named": named,
        "attributes": {name: measured(*columns(rows)) for name, rows in sorted(by_attribute.items())},
        "pairs": measured(*columns(pairs)),
        "pairs_both": measured(*columns(both)),
        "best_of": {
            "accuracy": rounded(best_mean), "error": rounded(best_error),
            "gain": rounded(best_mean - named["accuracy"]) if named else None,
            "score": rounded(np.mean([scores[rows].max() for rows in places.values()])),
        },
        "score": {"mean": rounded(score_mean), "error": rounded(score_error)},
        "diversity": rounded(np.mean(distances) / spread) if distances else None,
        "milliseconds": rounded(np.median([line["milliseconds"] for line in lines]), 0),
        "not_read": sorted(unread),
        "per_prompt": {str(index): int(sums[0]) for index, sums in zip(sorted(places), by_prompt)} if len(by_prompt) == len(places) else {},
    }  # fmt: skip


def kept(figures, reference):
    """(share of the reference setting's accuracy that is kept, standard error), over the prompts of both."""
    common = sorted(set(figures["per_prompt"]) & set(reference["per_prompt"]))
    if not common or figures["pictures"] != reference["pictures"]:
        return None, None
    return share([figures["per_prompt"][i] for i in common], [reference["per_prompt"][i] for i in common])
