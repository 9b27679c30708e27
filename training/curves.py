"""A stage's log: one CSV row now and then, and the same as a picture."""
import csv

import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt


class Curves:
    def __init__(self, folder, columns):
        self.path, self.columns = folder / 'log.csv', columns
        if not self.path.exists():
            self.path.write_text(','.join(columns) + '\n')

    def add(self, **values):
        with open(self.path, 'a', newline='') as file:
            csv.writer(file).writerow([values.get(name, '') for name in self.columns])
        print('  '.join(f'{k} {v:.4g}' if isinstance(v, float) else f'{k} {v}' for k, v in values.items()), flush=True)

    def draw(self):
        """One small plot a column, over minutes."""
        with open(self.path) as file:
            rows = list(csv.DictReader(file))
        names = [n for n in self.columns if n not in ('step', 'minutes', 'phase')]
        rows_of = {n: [(float(r['minutes']), float(r[n])) for r in rows if r[n] != ''] for n in names}
        across = min(3, len(names))
        down = -(-len(names) // across)
        figure, axes = plt.subplots(down, across, figsize=(4 * across, 2.6 * down), squeeze=False)
        for axis, name in zip(axes.flat, names):
            if rows_of[name]:
                axis.plot(*zip(*rows_of[name]), linewidth=1)
            axis.set_title(name, fontsize=9)
            axis.set_xlabel('minutes', fontsize=7)
            axis.grid(alpha=0.3)
        figure.tight_layout()
        figure.savefig(self.path.with_name('curves.png'), dpi=90)
        plt.close(figure)
