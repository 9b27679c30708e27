"""GLSL of the rasteriser.  One vertex shader for meshes, one for hair ribbons, and a fragment shader per kind of material."""

MESH_VERTEX = """
#version 330
uniform mat4 projection; uniform vec3 eye;
in vec3 in_position; in vec3 in_normal; in vec2 in_uv; in vec4 in_paint;
out vec3 position; out vec3 normal; out vec2 uv; out vec4 paint; out vec3 tangent;
void main() {
  position = in_position; normal = in_normal; uv = in_uv; paint = in_paint; tangent = vec3(0, -1, 0);
  gl_Position = projection * vec4(in_position, 1);
}"""

# A ribbon is widened sideways as seen from the eye, and its normal leans outwards at the edges: it looks like a round lock.
RIBBON_VERTEX = """
#version 330
uniform mat4 projection; uniform vec3 eye;
in vec3 in_position; in vec3 in_tangent; in vec3 in_outward; in vec3 in_lock;
out vec3 position; out vec3 normal; out vec2 uv; out vec4 paint; out vec3 tangent;
void main() {
  vec3 view = normalize(eye - in_position), across = normalize(cross(view, in_tangent));
  position = in_position + across * in_lock.x * in_lock.y;
  vec3 flat_normal = in_outward - in_tangent * dot(in_outward, in_tangent);
  normal = normalize(flat_normal) + 0.35 * view + 0.45 * across * in_lock.x; tangent = in_tangent;
  uv = vec2(in_lock.x, in_position.y); paint = vec4(in_lock.z, 0, 0, 0);
  gl_Position = projection * vec4(position, 1);
}"""

DEPTH_FRAGMENT = """
#version 330
uniform sampler2D picture; uniform int cutout;
in vec3 position; in vec3 normal; in vec2 uv; in vec4 paint; in vec3 tangent;
void main() { if (cutout == 1 && texture(picture, uv).a < 0.45) discard; }"""

_LIGHT = """
#version 330
uniform vec3 eye; uniform vec3 key_direction; uniform vec3 key_colour; uniform vec3 fill_direction; uniform vec3 fill_colour;
uniform vec3 rim_direction; uniform vec3 rim_colour; uniform vec3 sky; uniform vec3 ground;
uniform mat4 shadow_matrix; uniform sampler2DShadow shadow_map; uniform sampler2D picture; uniform vec3 colour;
in vec3 position; in vec3 normal; in vec2 uv; in vec4 paint; in vec3 tangent;
out vec4 result;

float lit(vec3 n) {                                     // 1 in the key light, 0 in its shadow; 2 x 2 taps of hardware PCF
  vec3 p = (shadow_matrix * vec4(position + n * 0.035, 1)).xyz * 0.5 + 0.5;
  float r = 1.4 / 512.0, s = 0.0;
  s += texture(shadow_map, p + vec3(-r, -r, -0.0015)); s += texture(shadow_map, p + vec3(r, -r, -0.0015));
  s += texture(shadow_map, p + vec3(-r, r, -0.0015)); s += texture(shadow_map, p + vec3(r, r, -0.0015));
  return s * 0.25;
}
vec3 ambient(vec3 n) { return mix(ground, sky, n.y * 0.5 + 0.5); }
float wrapped(vec3 n, vec3 l, float w) { return max((dot(n, l) + w) / (1.0 + w), 0.0); }
float lobe(vec3 n, vec3 v, vec3 l, float power) { return pow(max(dot(n, normalize(l + v)), 0.0), power) * (power + 8.0) / 25.0; }
vec3 srgb(vec3 c) { return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878); }
vec3 matte(vec3 n, float w, float shadow) {
  return ambient(n) + key_colour * wrapped(n, key_direction, w) * shadow + fill_colour * wrapped(n, fill_direction, 0.4);
}
vec3 rim(vec3 n, vec3 v) { return rim_colour * max(dot(n, rim_direction), 0.0) * pow(1.0 - max(dot(n, v), 0.0), 2.0); }
"""

SKIN = _LIGHT + """
uniform vec3 mean; uniform vec3 tint; uniform vec3 lip_colour; uniform float lip_strength; uniform float detail; uniform float blush;
uniform float freckles; uniform vec4 lid; uniform vec3 lid_colour;
float speck(vec2 p) {                                          // one freckle in some cells of a grid
  vec2 cell = floor(p), at = vec2(fract(sin(dot(cell, vec2(127.1, 311.7))) * 43758.5), fract(sin(dot(cell, vec2(269.5, 183.3))) * 43758.5));
  float size = fract(sin(dot(cell, vec2(419.2, 371.9))) * 43758.5);
  return (1.0 - smoothstep(0.10 + 0.14 * size, 0.24 + 0.14 * size, length(fract(p) - 0.25 - 0.5 * at))) * step(0.35, size);
}
void main() {
  vec3 n = normalize(normal), v = normalize(eye - position);
  vec3 ratio = srgb(texture(picture, uv).rgb) / mean;          // mostly its light and dark: its hue belongs to another skin
  ratio = mix(vec3(dot(ratio, vec3(0.3, 0.5, 0.2))), ratio, 0.25);
  vec3 albedo = colour * mix(vec3(1), ratio, detail);
  albedo *= mix(vec3(1), vec3(1.06, 0.80, 0.76), clamp(paint.z, 0.0, 1.0) * blush);                     // blood in the cheeks and nose
  float spots = max(speck(position.xy * 21.0), speck(position.xy * 29.0 + 5.3));
  albedo *= mix(vec3(1), vec3(0.60, 0.43, 0.33), spots * freckles * smoothstep(0.02, 0.3, paint.z));
  vec2 from_lid = (vec2(abs(position.x), position.y) - lid.xy) / vec2(0.24, 0.13);
  albedo = mix(albedo, lid_colour, lid.w * exp(-dot(from_lid, from_lid)) * step(lid.z, position.z));
  albedo = mix(albedo, lip_colour, paint.y * lip_strength);
  albedo = mix(albedo, tint, paint.x);
  float shadow = mix(0.25, 1.0, lit(n)), occlusion = 1.0 - paint.w;
  // light scatters further in red: each channel wraps differently around the terminator
  vec3 scatter = vec3(wrapped(n, key_direction, 0.42), wrapped(n, key_direction, 0.24), wrapped(n, key_direction, 0.18));
  vec3 soft = mix(vec3(0.16, 0.05, 0.03), vec3(1), shadow);
  vec3 light = (ambient(n) + fill_colour * wrapped(n, fill_direction, 0.4)) * mix(vec3(1), vec3(0.9, 0.82, 0.8), 1.0 - occlusion) * occlusion + key_colour * scatter * soft * mix(1.0, occlusion, 0.5);
  float gloss = 0.11 + 0.22 * paint.y;
  vec3 shine = key_colour * lobe(n, v, key_direction, 18.0) * shadow * gloss + fill_colour * lobe(n, v, fill_direction, 10.0) * 0.06;
  float fresnel = pow(1.0 - max(dot(n, v), 0.0), 4.0);
  result = vec4(albedo * light + (shine * 0.5 + 0.05 * fresnel * ambient(n)) * occlusion * (1.0 - paint.x) + rim(n, v) * 0.55 * (0.2 + albedo), 1);
}"""

EYE = _LIGHT + """
uniform vec3 iris_tint;
void main() {
  vec4 c = texture(picture, uv); if (c.a < 0.3) discard;
  vec3 n = normalize(normal), v = normalize(eye - position), albedo = srgb(c.rgb);
  float most = max(albedo.r, max(albedo.g, albedo.b)), least = min(albedo.r, min(albedo.g, albedo.b));
  float iris = smoothstep(0.12, 0.32, (most - least) / max(most, 1e-3)) ;
  albedo = mix(albedo * 1.1, albedo * iris_tint, iris);
  float shadow = mix(0.7, 1.0, lit(n));
  vec3 glint = vec3(1.0) * smoothstep(0.965, 0.985, dot(n, normalize(key_direction + vec3(0, 0.1, 0) + v)));
  result = vec4(albedo * matte(n, 0.6, shadow) * 1.1 + glint * 0.9, 0.4);
}"""

CLOTH = _LIGHT + """
uniform float mean; uniform int recolour;
void main() {
  vec3 n = normalize(normal), v = normalize(eye - position), c = srgb(texture(picture, uv).rgb);
  vec3 albedo = recolour == 1 ? colour * clamp(0.45 + dot(c, vec3(0.3, 0.5, 0.2)) / (2.0 * mean), 0.45, 1.45) : c;
  float shadow = mix(0.25, 1.0, lit(n)), fresnel = pow(1.0 - max(dot(n, v), 0.0), 3.0);
  result = vec4(albedo * matte(n, 0.15, shadow) * (1.0 + 0.5 * fresnel) + rim(n, v) * 0.3 * (0.1 + albedo), 1);
}"""

# Kajiya-Kay: highlights are where the half vector is across the hair
_HAIR = """
vec3 hair(vec3 n, vec3 v, vec3 t, vec3 albedo, float shadow) {
  vec3 h = normalize(key_direction + v); float th = dot(t, h), s = sqrt(max(1.0 - th * th, 0.0));
  float th2 = dot(normalize(t + 0.12 * n), h), s2 = sqrt(max(1.0 - th2 * th2, 0.0)), facing = smoothstep(-0.2, 0.5, dot(n, key_direction));
  vec3 shine = (pow(s, 70.0) * 0.30 * mix(vec3(0.16), albedo + 0.05, 0.75) + pow(s2, 16.0) * 0.5 * albedo) * key_colour * facing * shadow;
  return albedo * matte(n, 0.35, mix(0.28, 1.0, shadow)) + shine + rim(n, v) * 0.9 * (0.07 + albedo);
}
"""
HAIR = _LIGHT + _HAIR + """
uniform vec3 window; uniform vec3 centre;
void main() {
  vec4 c = texture(picture, uv);
  vec3 n = normalize(normal), v = normalize(eye - position); if (dot(n, v) < -0.3) n = -n;
  float a = clamp((c.a - 0.25) * 1.7, 0.0, 1.0);
  if (window.x > 0.0) {                                  // cuts the fringe at the brows
    float cut = window.y + 0.03 * sin(position.x * 37.0) + 0.02 * sin(position.x * 91.0);
    if (abs(position.x) < window.x && position.y < cut && position.z > window.z) discard;
  }
  float strand = dot(srgb(c.rgb), vec3(0.3, 0.5, 0.2));
  vec3 outward = normalize(position - centre); n = normalize(mix(n, outward, 0.5));
  vec3 t = normalize(vec3(0, -1, 0) - n * dot(vec3(0, -1, 0), n) + 1e-3);
  vec3 albedo = colour * clamp(0.55 + 1.15 * strand, 0.4, 1.6) * mix(0.55, 1.0, smoothstep(-0.6, 0.3, paint.x));
  result = vec4(hair(n, v, t, albedo, lit(n)), a);
}"""
RIBBON = _LIGHT + _HAIR + """
void main() {
  vec3 n = normalize(normal), v = normalize(eye - position);
  vec3 albedo = colour * paint.x * (1.0 - 0.22 * uv.x * uv.x);
  result = vec4(hair(n, v, normalize(tangent), albedo, lit(n)), 1);
}"""
DECAL = _LIGHT + """
uniform float boost;
void main() {
  float a = clamp(texture(picture, uv).a * boost, 0.0, 1.0);
  result = vec4(colour * matte(normalize(normal), 0.5, 0.9), a);
}"""
TEETH = _LIGHT + """
void main() {
  vec3 n = normalize(normal), c = srgb(texture(picture, uv).rgb);
  float gum = smoothstep(1.6, 2.6, c.r / max(c.g, 0.02));
  vec3 albedo = mix(vec3(0.92, 0.88, 0.82), vec3(0.45, 0.10, 0.09), gum);
  result = vec4(albedo * matte(n, 0.6, mix(0.5, 1.0, lit(n))), 0.25);
}"""
PLAIN = _LIGHT + """
uniform float gloss; uniform float metal; uniform float knit; uniform vec4 band;
void main() {
  vec3 n = normalize(normal), v = normalize(eye - position); if (dot(n, v) < 0.0) n = -n;
  float turn = atan(position.x, position.z - 0.55), rib = 1.0;
  if (knit > 1.5) rib = 1.0 - 0.40 * smoothstep(0.97, 0.997, abs(cos(turn * 3.0)));                // seams of a cap's panels
  else if (knit > 0.5) rib = 0.86 + 0.14 * sin(turn * 44.0);                                       // knitted ribs
  float shadow = mix(0.2, 1.0, lit(n)), fresnel = pow(1.0 - max(dot(n, v), 0.0), 4.0);
  bool ribbon = band.w > 0.0 && position.y > band.x && position.y < band.y && length(position.xz - vec2(0, band.z)) < band.w;
  vec3 albedo = colour * rib * (ribbon ? vec3(0.22) : vec3(1)), tone = mix(vec3(1), colour * 1.6, metal);
  vec3 shine = (key_colour * lobe(n, v, key_direction, 40.0) * shadow + fill_colour * lobe(n, v, fill_direction, 30.0) * 0.5) * gloss * tone;
  shine += metal * colour * ambient(reflect(-v, n)) * 0.8;
  result = vec4(albedo * matte(n, 0.2, shadow) * (1.0 - 0.5 * metal) + shine + rim(n, v) * 0.4 * (0.1 + albedo) + fresnel * gloss * ambient(n) * 0.1, 1);
}"""
LENS = _LIGHT + """
uniform float dark; uniform vec2 middle;
void main() {
  vec3 n = normalize(normal), v = normalize(eye - position);
  float h = clamp((position.y - middle.y) * 2.2 + 0.5, 0.0, 1.0);
  float streak = smoothstep(0.04, 0.07, abs(fract((position.x * 0.8 + position.y) * 1.5 + 0.1) - 0.5));
  vec3 mirror = mix(vec3(0.012), vec3(0.10, 0.12, 0.16), h * h) + (1.0 - streak) * vec3(0.05);
  result = dark > 0.5 ? vec4(mirror, 0.96) : vec4(vec3(0.85, 0.9, 1.0), 0.02 + 0.08 * (1.0 - streak));
}"""

SCREEN_VERTEX = """
#version 330
in vec2 in_position; out vec2 uv;
void main() { uv = in_position * 0.5 + 0.5; gl_Position = vec4(in_position, 0.9999, 1); }"""
BACKDROP = """
#version 330
uniform sampler2D picture; in vec2 uv; out vec4 result;
void main() { vec3 c = texture(picture, uv).rgb; result = vec4(c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878), 1); }"""

FRAGMENTS = {"skin": SKIN, "eye": EYE, "cloth": CLOTH, "hair": HAIR, "ribbon": RIBBON, "decal": DECAL, "teeth": TEETH, "plain": PLAIN, "lens": LENS}

# Final pass: contact shadows from the depth buffer, box filter over the samples in linear light, soft shoulder, sRGB.
DEVELOP = """
#version 330
uniform sampler2D picture; uniform sampler2D depth; uniform int factor; uniform vec2 planes; in vec2 uv; out vec4 result;
float distance_at(vec2 p) { float z = texture(depth, p).r; return planes.x * planes.y / (planes.y - z * (planes.y - planes.x)); }
float occlusion(vec2 p) {
  float d = distance_at(p); if (d > 30.0) return 0.0;
  float sum = 0.0, angle = 6.2831 * fract(52.9829189 * fract(dot(floor(gl_FragCoord.xy), vec2(0.06711056, 0.00583715))));
  for (int i = 0; i < 10; i++) {
    float r = (float(i) + 0.5) / 10.0, a = angle + float(i) * 2.3999632;
    float gap = d - distance_at(p + vec2(cos(a), sin(a)) * 0.055 * sqrt(r)) - 0.025;
    sum += smoothstep(0.0, 0.12, gap) * (1.0 - smoothstep(0.25, 0.7, gap));
  }
  return sum / 10.0;
}
vec3 shoulder(vec3 c) { vec3 t = max(c - 0.62, 0.0) / 0.38; return min(c, 0.62) + 0.38 * (1.0 - exp(-t)); }
void main() {
  vec4 sum = vec4(0); ivec2 base = ivec2(gl_FragCoord.xy) * factor;
  for (int y = 0; y < factor; y++) for (int x = 0; x < factor; x++) {
    vec4 s = texelFetch(picture, base + ivec2(x, y), 0); sum += vec4(shoulder(s.rgb), s.a);         // alpha says how much of the contact shadow to take
  }
  vec3 c = sum.rgb / float(factor * factor) * (1.0 - 0.62 * occlusion(uv) * sum.a / float(factor * factor));
  c = mix(12.92 * c, 1.055 * pow(max(c, 1e-5), vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c));
  result = vec4(c, 1);
}"""
