// One step of the chain in WGSL: src/diffusion (start, guidance, truncate, posterior, random, sample) for one position
// in each workgroup. It has to draw the very tokens that float64 draws, so differences of logits are kept as pairs of
// float32 (a sum and its rounding error), and exp and log are polynomials: WGSL promises too little of its own.

/** Largest codebook: indices take 14 bits of the sort key. */
export const MAX_CODES = 1 << 14;

/** @param codes K; a small row is shared by fewer lanes, as each costs a barrier its time */
export function samplerShader(codes: number): string {
  const side = codes > 1024 ? 16 : 8;
  return /* wgsl */ `
struct Weights {
  ratioOther: f32, ratioSame: f32, // 1 / q(x_t | x_0): for any other code, for the token itself
  directOther: f32, directSame: f32, // p(x_0 = k) counts so much for x_s = k,
  viaOther: f32, viaSame: f32, // and so much the sum over all j
  maskPerSum: f32, maskFloor: f32, // the weight of MASK
}
struct Jump {
  codes: u32, chance: u32, guided: u32,
  limitKind: u32, limit: u32, // none, mass in 2^-31, count
  scale: f32, scaleError: f32, // guidance
  unused: u32,
  masked: Weights, // for positions that are MASK
  known: Weights, // for the others
}

@group(0) @binding(0) var<uniform> jump: Jump;
// [candidates (twice when guided), positions, codes], as bits: what is no number must be seen before it is one.
// The conditional half is overwritten with p(x_0).
@group(0) @binding(1) var<storage, read_write> logits: array<u32>;
@group(0) @binding(2) var<storage, read> seeds: array<u32>; // [candidates]
@group(0) @binding(3) var<storage, read_write> tokens: array<i32>; // [candidates (twice when guided), positions]
@group(0) @binding(4) var<storage, read_write> guess: array<i32>; // [candidates, positions]
@group(0) @binding(5) var<storage, read> free: array<u32>; // 0 where the token stays. [candidates, positions]

const SIDE = ${side}u;
const LANES = SIDE * SIDE;
const BUCKETS = 256u;
const MASS = 1u;
const COUNT = 2u;
const LOG_FLOOR = -70.0;
const FLOOR = 3.975449735908647e-31;
const HUGE = 9e36;
const LEAST_EXPONENTIAL = 5.9e-8;
const LN2_HIGH = 0.693359375; // few enough bits for exact products with whole numbers
const LN2_LOW = -2.12194440e-4;

var<workgroup> shared4: array<vec4f, LANES>;
var<workgroup> shared1: array<u32, LANES>;
var<workgroup> result4: vec4f;
var<workgroup> buckets: array<atomic<u32>, BUCKETS>;
var<workgroup> found: vec4u;

// ---- Numbers: a pair is a value and its rounding error.

fn twoSum(a: f32, b: f32) -> vec2f {
  let sum = a + b;
  let part = sum - a;
  return vec2f(sum, (a - (sum - part)) + (b - part));
}

fn split(a: f32) -> vec2f {
  let t = 4097.0 * a;
  let high = t - (t - a);
  return vec2f(high, a - high);
}

fn twoProduct(a: f32, b: f32) -> vec2f {
  let product = a * b;
  let x = split(a);
  let y = split(b);
  return vec2f(product, ((x.x * y.x - product) + x.x * y.y + x.y * y.x) + x.y * y.y);
}

fn addPairs(a: vec2f, b: vec2f) -> vec2f {
  let sum = twoSum(a.x, b.x);
  return twoSum(sum.x, sum.y + (a.y + b.y));
}

/** e^x for a pair that is at most 0. */
fn expPair(x: vec2f) -> f32 {
  if (x.x < -87.0) { return 0.0; }
  let n = round(x.x * 1.44269504);
  let r = ((x.x - n * LN2_HIGH) - n * LN2_LOW) + x.y;
  let tail = 1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0 + r * (1.0 / 5040.0))));
  return (1.0 + (r + r * r * (0.5 + r * tail))) * bitcast<f32>(u32(i32(n) + 127) << 23u);
}

/** log x = n * ln 2 + rest, for a positive x: (n, rest). */
fn logParts(x: f32) -> vec2f {
  // Mantissa in sqrt(1/2)..sqrt(2).
  let shifted = bitcast<u32>(x) + (0x3f800000u - 0x3f3504f3u);
  let n = i32(shifted >> 23u) - 127;
  let m = bitcast<f32>((shifted & 0x7fffffu) + 0x3f3504f3u);
  let s = (m - 1.0) / (m + 1.0);
  let z = s * s;
  let tail = z * (1.0 / 3.0 + z * (1.0 / 5.0 + z * (1.0 / 7.0 + z * (1.0 / 9.0))));
  return vec2f(f32(n), 2.0 * (s + s * tail));
}

// ---- Chance: src/diffusion/random.ts.

fn exponential(seed: u32, position: u32, class_: u32) -> f32 {
  var v = vec4u(seed, jump.chance, position, class_) * 1664525u + 1013904223u;
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  v ^= v >> vec4u(16u);
  v.x += v.y * v.w;
  let u = v.x >> 8u;
  if (u == 0u) {
    return 69.0775528;
  }
  let parts = logParts(f32(u) * 5.9604644775390625e-8);
  return -parts.x * LN2_HIGH - (parts.x * LN2_LOW + parts.y);
}

// ---- The workgroup: every lane gives a value, and all get the same answer.

fn largest(lane: u32, value: vec4f) -> vec4f {
  shared4[lane] = value;
  workgroupBarrier();
  if (lane < SIDE) {
    for (var i = 1u; i < SIDE; i++) { shared4[lane] = max(shared4[lane], shared4[lane + SIDE * i]); }
  }
  workgroupBarrier();
  if (lane == 0u) {
    var all = shared4[0];
    for (var i = 1u; i < SIDE; i++) { all = max(all, shared4[i]); }
    result4 = all;
  }
  return workgroupUniformLoad(&result4);
}

fn total(lane: u32, value: vec2f) -> vec2f {
  shared4[lane] = vec4f(value, 0.0, 0.0);
  workgroupBarrier();
  if (lane < SIDE) {
    for (var i = 1u; i < SIDE; i++) { shared4[lane] += shared4[lane + SIDE * i]; }
  }
  workgroupBarrier();
  if (lane == 0u) {
    var all = shared4[0];
    for (var i = 1u; i < SIDE; i++) { all += shared4[i]; }
    result4 = all;
  }
  return workgroupUniformLoad(&result4).xy;
}

/** A pair and its class. */
struct Best { value: vec2f, class_: u32 }

/** The larger one, the first class on ties. */
fn better(a: Best, b: Best) -> Best {
  let larger = b.value.x > a.value.x || (b.value.x == a.value.x &&
    (b.value.y > a.value.y || (b.value.y == a.value.y && b.class_ < a.class_)));
  if (larger) { return b; }
  return a;
}

fn best(lane: u32, mine: Best) -> Best {
  shared4[lane] = vec4f(mine.value, 0.0, 0.0);
  shared1[lane] = mine.class_;
  workgroupBarrier();
  if (lane < SIDE) {
    var all = mine;
    for (var i = lane + SIDE; i < LANES; i += SIDE) { all = better(all, Best(shared4[i].xy, shared1[i])); }
    shared4[lane] = vec4f(all.value, 0.0, 0.0);
    shared1[lane] = all.class_;
  }
  workgroupBarrier();
  if (lane == 0u) {
    var all = mine;
    all = better(all, Best(shared4[0].xy, shared1[0]));
    for (var i = 1u; i < SIDE; i++) { all = better(all, Best(shared4[i].xy, shared1[i])); }
    result4 = vec4f(all.value, 0.0, 0.0);
    found = vec4u(all.class_);
  }
  let value = workgroupUniformLoad(&result4).xy;
  return Best(value, workgroupUniformLoad(&found).x);
}

// ---- p(x_0).

/** -infinity is a number here, and the lowest one; NaN and infinity are larger than all. */
fn logit(index: u32) -> f32 {
  let bits = logits[index];
  if (bits == 0xff800000u) { return -2.0 * HUGE; }
  if ((bits & 0x7f800000u) == 0x7f800000u) { return 2.0 * HUGE; }
  return clamp(bitcast<f32>(bits), -HUGE, HUGE);
}

/** One branch's log-probabilities, up to a constant: what is below the floor is raised to it. */
struct Branch { offset: u32, max: f32, floored: bool, floor: vec2f }

fn logProbability(branch: Branch, k: u32) -> vec2f {
  let value = twoSum(logit(branch.offset + k), -branch.max);
  if (branch.floored && value.x < branch.floor.x) { return branch.floor; }
  return value;
}

/** 70 below the logsumexp, for a sum of e^(logit - max). */
fn floorBelow(sum: f32) -> vec2f {
  let parts = logParts(sum);
  return twoSum(LOG_FLOOR + parts.x * LN2_HIGH, parts.x * LN2_LOW + parts.y);
}

fn guided(conditional: Branch, unconditional: Branch, k: u32) -> vec2f {
  let c = logProbability(conditional, k);
  if (jump.guided == 0u) { return c; }
  let u = logProbability(unconditional, k);
  let difference = addPairs(c, -u);
  var scaled = twoProduct(jump.scale, difference.x);
  scaled.y += jump.scale * difference.y + jump.scaleError * difference.x;
  return addPairs(u, scaled);
}

// ---- Truncation: which codes stay, by the key of the last that does.

/** Sort key: the probability's bits, then the index, lower ones first. Both end on two zero bits. */
fn sortKey(offset: u32, k: u32) -> vec2u {
  return vec2u(logits[offset + k] << 2u, (${MAX_CODES - 1}u - k) << 2u);
}

fn weightOf(bits: u32) -> u32 {
  return select(1u, u32(round(bitcast<f32>(bits) * 2147483648.0)), jump.limitKind == MASS);
}

/**
 * A code stays while the weight of those before it is below the limit. Radix select: digit by digit, the bucket in which
 * the limit is crossed. Weights are whole numbers, so that their sums do not depend on the order.
 */
fn lastKept(lane: u32, offset: u32) -> vec2u {
  var key = vec2u(0u);
  var fixedDigits = vec2u(0u); // bits of the key known so far
  var before = 0u;
  for (var digit = 0u; digit < 6u; digit++) {
    let shift = select(40u - 8u * digit, 24u - 8u * digit, digit < 4u);
    for (var i = lane; i < BUCKETS; i += LANES) { atomicStore(&buckets[i], 0u); }
    workgroupBarrier();
    for (var k = lane; k < jump.codes; k += LANES) {
      let candidate = sortKey(offset, k);
      if (any((candidate & fixedDigits) != key)) { continue; }
      let half = select(candidate.y, candidate.x, digit < 4u);
      atomicAdd(&buckets[(half >> shift) & 255u], weightOf(candidate.x >> 2u));
    }
    workgroupBarrier();
    if (lane < 16u) {
      var sum = 0u;
      for (var i = 0u; i < 16u; i++) { sum += atomicLoad(&buckets[16u * lane + i]); }
      shared1[lane] = sum;
    }
    workgroupBarrier();
    if (lane == 0u) {
      var sum = before;
      var i = 15;
      while (i >= 0 && sum + shared1[i] < jump.limit) { sum += shared1[i]; i--; }
      found = vec4u(0u);
      if (i >= 0) {
        var j = 16 * i + 15;
        while (sum + atomicLoad(&buckets[j]) < jump.limit) { sum += atomicLoad(&buckets[j]); j--; }
        found = vec4u(1u, u32(j), sum, atomicLoad(&buckets[j]));
      }
    }
    let crossing = workgroupUniformLoad(&found);
    if (crossing.x == 0u) { return vec2u(0u); } // even all of them do not reach the limit
    before = crossing.z;
    if (digit < 4u) {
      key.x |= crossing.y << shift;
      fixedDigits.x |= 255u << shift;
    } else {
      key.y |= crossing.y << shift;
      fixedDigits.y |= 255u << shift;
    }
    // All equals of the last one stay: no need to tell them apart by index.
    if (digit == 3u && before + crossing.w - weightOf(key.x >> 2u) < jump.limit) { break; }
  }
  return key;
}

fn start(offset: u32, last: vec2u, k: u32) -> f32 {
  let key = sortKey(offset, k);
  if (key.x > last.x || (key.x == last.x && key.y >= last.y)) { return bitcast<f32>(logits[offset + k]); }
  return FLOOR;
}

// ---- The jump.

@compute @workgroup_size(LANES)
fn sample(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let position = group.x;
  let candidate = group.y;
  let codes = jump.codes;
  let row = candidate * groups.x + position;
  if (free[row] == 0u) { return; }
  let rows = groups.x * groups.y;
  let offset = row * codes;
  let otherOffset = select(row, rows + row, jump.guided == 1u) * codes;
  let token = u32(tokens[row]);

  var extremes = vec4f(-3.0 * HUGE);
  for (var k = lane; k < codes; k += LANES) {
    let c = logit(offset + k);
    let u = logit(otherOffset + k);
    extremes = max(extremes, vec4f(c, -c, u, -u));
  }
  extremes = largest(lane, extremes);
  if (max(extremes.x, extremes.z) > HUGE || min(extremes.x, extremes.z) < -HUGE) {
    // No distribution can be made of these: the reader of the tokens says so.
    if (lane == 0u) { tokens[row] = -1; }
    return;
  }

  var conditional = Branch(offset, extremes.x, false, vec2f(0.0));
  var unconditional = Branch(otherOffset, extremes.z, false, vec2f(0.0));
  // The logsumexp is at most log K above the largest: mostly, nothing can be 70 below it. (log 2^14 < 9.71.)
  let depth = max(extremes.x + extremes.y, extremes.z + extremes.w);
  if (depth > -LOG_FLOOR - 9.71) {
    var sums = vec2f(0.0);
    for (var k = lane; k < codes; k += LANES) {
      sums += vec2f(expPair(logProbability(conditional, k)), expPair(logProbability(unconditional, k)));
    }
    sums = total(lane, sums);
    conditional.floored = true;
    conditional.floor = floorBelow(sums.x);
    unconditional.floored = true;
    unconditional.floor = floorBelow(sums.y);
  }

  var mine = Best(vec2f(-3.0 * HUGE, 0.0), 0u);
  for (var k = lane; k < codes; k += LANES) { mine = better(mine, Best(guided(conditional, unconditional, k), k)); }
  let likeliest = best(lane, mine);

  var sum = 0.0;
  for (var k = lane; k < codes; k += LANES) {
    let value = expPair(addPairs(guided(conditional, unconditional, k), -likeliest.value));
    sum += value;
    logits[offset + k] = bitcast<u32>(value);
  }
  let perSum = 1.0 / total(lane, vec2f(sum, 0.0)).x;
  for (var k = lane; k < codes; k += LANES) {
    logits[offset + k] = bitcast<u32>(clamp(bitcast<f32>(logits[offset + k]) * perSum, FLOOR, 1.0));
  }

  var last = vec2u(0u);
  if (jump.limitKind != 0u) { last = lastKept(lane, offset); }

  var weights = jump.known;
  if (token == codes) { weights = jump.masked; }
  var ratios = 0.0;
  for (var k = lane; k < codes; k += LANES) {
    ratios += start(offset, last, k) * select(weights.ratioOther, weights.ratioSame, k == token);
  }
  ratios = 1e-30 + total(lane, vec2f(ratios, 0.0)).x;

  // The likeliest code sets a mark that most others cannot reach, whatever their noise.
  storageBarrier();
  workgroupBarrier();
  mine = Best(vec2f(0.0), codes);
  for (var i = lane; i <= codes + LANES; i += LANES) {
    let k = select(i - LANES, likeliest.class_, i == lane);
    if (k > codes) { break; }
    var weight = ratios * weights.maskPerSum + weights.maskFloor;
    if (k < codes) {
      let same = k == token;
      weight = start(offset, last, k) * select(weights.directOther, weights.directSame, same) +
        ratios * select(weights.viaOther, weights.viaSame, same);
    }
    weight = clamp(weight, FLOOR, 1.0);
    if (weight < mine.value.x * LEAST_EXPONENTIAL) { continue; }
    mine = better(mine, Best(vec2f(weight / exponential(seeds[candidate], position, k), 0.0), k));
  }
  let drawn = best(lane, mine).class_;
  if (lane == 0u) {
    tokens[row] = i32(drawn);
    if (jump.guided == 1u) { tokens[rows + row] = i32(drawn); }
    guess[row] = i32(select(drawn, likeliest.class_, drawn == codes));
  }
}
`;
}
