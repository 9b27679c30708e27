// The second look in WGSL: src/diffusion/redraw.ts, token for token but where two are equally unlikely to the last bits.

/** Lanes of a workgroup. */
export const DOUBT_LANES = 64;

export const doubtShader = /* wgsl */ `
struct Doubt {
  codes: u32, positions: u32, candidates: u32,
  rows: u32, // of an evaluation
  first: u32, // of these rows among the 2 * candidates there are: each candidate with one half hidden, then the other
  branches: u32, // in which x stands: twice the candidates where guided
}
@group(0) @binding(0) var<uniform> doubt: Doubt;
@group(0) @binding(1) var<storage, read> half: array<u32>; // [positions]
@group(0) @binding(2) var<storage, read> free: array<u32>; // [candidates, positions]
@group(0) @binding(3) var<storage, read> counts: array<u32>; // how many are to be masked. [candidates]
@group(0) @binding(4) var<storage, read_write> tokens: array<i32>; // x. [branches, positions]
@group(0) @binding(5) var<storage, read_write> hidden: array<i32>; // [rows, positions]
@group(0) @binding(6) var<storage, read> logits: array<u32>; // as bits. [rows, positions, codes]
@group(0) @binding(7) var<storage, read_write> likelihood: array<f32>; // [candidates, positions]

const LANES = ${DOUBT_LANES}u;
const LOWEST = -3.0e38;
var<workgroup> partial: array<f32, LANES>;
var<workgroup> counted: array<u32, LANES>;

fn hides(row: u32, position: u32) -> bool {
  return half[position] == row / doubt.candidates;
}

/** What the denoiser sees. */
@compute @workgroup_size(LANES)
fn hide(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = doubt.first + group.y;
  let candidate = row % doubt.candidates;
  let position = group.x * LANES + lane;
  if (position >= doubt.positions) { return; }
  let token = tokens[candidate * doubt.positions + position];
  hidden[group.y * doubt.positions + position] = select(token, i32(doubt.codes), hides(row, position));
}

/** log p of a hidden token; x becomes -1 where the logits are no numbers. */
@compute @workgroup_size(LANES)
fn judge(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let position = group.x;
  let row = doubt.first + group.y;
  if (!hides(row, position)) { return; }
  let place = (row % doubt.candidates) * doubt.positions + position;
  let offset = (group.y * doubt.positions + position) * doubt.codes;

  var most = LOWEST;
  var faulty = 0u;
  for (var k = lane; k < doubt.codes; k += LANES) {
    let bits = logits[offset + k];
    // -infinity is no code's only.
    if ((bits & 0x7f800000u) == 0x7f800000u && bits != 0xff800000u) { faulty = 1u; }
    most = max(most, bitcast<f32>(bits));
  }
  partial[lane] = most;
  counted[lane] = faulty;
  workgroupBarrier();
  for (var i = 0u; i < LANES; i++) {
    most = max(most, partial[i]);
    faulty |= counted[i];
  }
  workgroupBarrier();

  var sum = 0.0;
  for (var k = lane; k < doubt.codes; k += LANES) { sum += exp(bitcast<f32>(logits[offset + k]) - most); }
  partial[lane] = sum;
  workgroupBarrier();
  if (lane != 0u) { return; }
  sum = 0.0;
  for (var i = 0u; i < LANES; i++) { sum += partial[i]; }
  let token = tokens[place];
  var value = LOWEST;
  if (token >= 0 && u32(token) < doubt.codes) {
    value = max(LOWEST, bitcast<f32>(logits[offset + u32(token)]) - most - log(sum));
  }
  likelihood[place] = value;
  if (faulty == 1u || most == LOWEST) { tokens[place] = -1; }
}

/** Masks a token when fewer than so many are less likely. */
@compute @workgroup_size(LANES)
fn forget(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let position = group.x;
  let candidate = group.y;
  let base = candidate * doubt.positions;
  let place = base + position;
  if (free[place] == 0u) { return; }
  let own = likelihood[place];
  var less = 0u;
  for (var i = lane; i < doubt.positions; i += LANES) {
    let other = likelihood[base + i];
    if (free[base + i] != 0u && (other < own || (other == own && i < position))) { less++; }
  }
  counted[lane] = less;
  workgroupBarrier();
  if (lane != 0u) { return; }
  less = 0u;
  for (var i = 0u; i < LANES; i++) { less += counted[i]; }
  if (less >= counts[candidate] || tokens[place] == -1) { return; }
  for (var row = candidate; row < doubt.branches; row += doubt.candidates) {
    tokens[row * doubt.positions + position] = i32(doubt.codes);
  }
}
`;
