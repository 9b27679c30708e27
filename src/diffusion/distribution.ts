// A distribution over very many classes of which only some matter: these have a probability of their own, the others
// share one. Truncation makes p(x_0) such, and what comes after goes over the few.

/** Memory of one distribution, which is used for every row of a run again. Probabilities need not add up to 1. */
export interface Distribution {
  /** Those with a probability of their own, ascending; the first `count` hold. Its length is the number of classes. */
  readonly classes: Int32Array;
  /** Of the same. */
  readonly probabilities: Float64Array;
  count: number;
  /** Of each of the others. */
  others: number;
}

export function createDistribution(classes: number): Distribution {
  return {
    classes: new Int32Array(classes),
    probabilities: new Float64Array(classes),
    count: 0,
    others: 0,
  };
}

export function probabilityOf(distribution: Distribution, klass: number): number {
  const place = placeOf(distribution, klass);
  return isAt(distribution, place, klass) ? distribution.probabilities[place] : distribution.others;
}

/** What all classes have together, but for one; that one need not be among them. */
export function massBesides(distribution: Distribution, klass: number): number {
  const { classes, probabilities, count, others } = distribution;
  const place = placeOf(distribution, klass);
  const listed = isAt(distribution, place, klass);
  const skipped = listed ? place : -1;
  let mass = 0;
  for (let i = 0; i < count; i++) if (i !== skipped) mass += probabilities[i];
  const unlisted = classes.length - count - (listed || klass >= classes.length ? 0 : 1);
  return mass + unlisted * others;
}

/** Gives a class a probability of its own, or another one. */
export function setProbability(distribution: Distribution, klass: number, probability: number): void {
  const { classes, probabilities, count } = distribution;
  const place = placeOf(distribution, klass);
  if (!isAt(distribution, place, klass)) {
    classes.copyWithin(place + 1, place, count);
    probabilities.copyWithin(place + 1, place, count);
    classes[place] = klass;
    distribution.count++;
  }
  probabilities[place] = probability;
}

/** Where the largest of the classes' own probabilities is, the first on ties. There must be one. */
export function placeOfLikeliest({ probabilities, count }: Distribution): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (probabilities[i] > probabilities[best]) best = i;
  return best;
}

/** How many of the listed classes are lower. */
function placeOf({ classes, count }: Distribution, klass: number): number {
  let begin = 0;
  let end = count;
  while (begin < end) {
    const middle = (begin + end) >> 1;
    if (classes[middle] < klass) begin = middle + 1;
    else end = middle;
  }
  return begin;
}

function isAt({ classes, count }: Distribution, place: number, klass: number): boolean {
  return place < count && classes[place] === klass;
}
