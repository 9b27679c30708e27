"""Draws a scene with OpenGL through EGL: shadow map, multisampled colour pass, developed to 8-bit sRGB.

Works on Mesa's software rasteriser and on a GPU alike; holds every texture of the kit for the life of the context.
"""

import os
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from . import shaders
from .geometry import ASSETS, unit

os.environ.setdefault("LP_NUM_THREADS", "0")  # one process a core beats several threads a process

SHADOW_SIZE = 512
NEAR, FAR = 8.0, 40.0
ALPHA_TO_COVERAGE = 0x809E


@dataclass
class Draw:
    """One mesh with its material: kind names the fragment shader, uniforms its parameters."""

    kind: str
    vertices: np.ndarray  # float32 [n, 12]
    triangles: np.ndarray  # uint32 [m, 3]
    texture: str | None = None
    uniforms: dict = field(default_factory=dict)
    shadow: bool = True  # casts one


@dataclass
class Scene:
    """Everything one picture needs."""

    draws: list
    eye: np.ndarray
    target: np.ndarray
    extent: float  # height of the picture in the target's plane, in body units
    lights: dict
    backdrop: np.ndarray  # float32 [n, n, 3], sRGB 0..1


def look_at(eye, target):
    """View matrix, column-vector convention."""
    z = unit(eye - target)
    x = unit(np.cross([0, 1.0, 0], z))
    y = np.cross(z, x)
    m = np.eye(4)
    m[:3, :3] = (x, y, z)
    m[:3, 3] = -m[:3, :3] @ eye
    return m


def perspective(extent, distance):
    """Projection that shows `extent` units at `distance`."""
    f = 2 * distance / extent
    return np.array([[f, 0, 0, 0], [0, f, 0, 0], [0, 0, -(FAR + NEAR) / (FAR - NEAR), -2 * FAR * NEAR / (FAR - NEAR)], [0, 0, -1, 0]])


def orthographic(half, depth):
    """Projection of a cube of +-half, +-depth around the target (for the shadow map)."""
    return np.diag([1 / half, 1 / half, -1 / depth, 1.0])


class Rasteriser:
    """An EGL context with the compiled shaders, textures and framebuffers for one picture size."""

    def __init__(self, size, factor=1):
        import moderngl  # here, so that the rest of the package can be read where no OpenGL is installed

        self.size, self.factor = size, factor
        self.ctx = ctx = moderngl.create_context(standalone=True, backend="egl")
        self._gl = moderngl
        self.programs, self.depth_programs = {}, {}
        for kind, fragment in shaders.FRAGMENTS.items():
            vertex = shaders.RIBBON_VERTEX if kind == "ribbon" else shaders.MESH_VERTEX
            self.programs[kind] = ctx.program(vertex_shader=vertex, fragment_shader=fragment)
        for kind, vertex in (("mesh", shaders.MESH_VERTEX), ("ribbon", shaders.RIBBON_VERTEX)):
            self.depth_programs[kind] = ctx.program(vertex_shader=vertex, fragment_shader=shaders.DEPTH_FRAGMENT)
        quad = ctx.buffer(np.array([-1, -1, 3, -1, -1, 3], "f4"))
        self.backdrop = ctx.vertex_array(ctx.program(vertex_shader=shaders.SCREEN_VERTEX, fragment_shader=shaders.BACKDROP), [(quad, "2f", "in_position")])
        self.develop = ctx.vertex_array(ctx.program(vertex_shader=shaders.SCREEN_VERTEX, fragment_shader=shaders.DEVELOP), [(quad, "2f", "in_position")])
        big = (size * factor,) * 2
        self.multisampled = ctx.framebuffer([ctx.renderbuffer(big, 4, samples=4, dtype="f2")], ctx.depth_renderbuffer(big, samples=4))
        self.colour, self.depth = ctx.texture(big, 4, dtype="f2"), ctx.depth_texture(big)
        self.depth.compare_func = ""
        self.resolved = ctx.framebuffer([self.colour], self.depth)
        self.output = ctx.framebuffer([ctx.texture((size, size), 4)])
        self.shadow = ctx.depth_texture((SHADOW_SIZE, SHADOW_SIZE))
        self.shadow.compare_func, self.shadow.filter = "<=", (moderngl.LINEAR, moderngl.LINEAR)
        self.shadow.repeat_x = self.shadow.repeat_y = False
        self.shadow_target = ctx.framebuffer(depth_attachment=self.shadow)
        self._textures = {}

    def texture(self, name):
        """A picture of the kit as a mipmapped texture, loaded on first use."""
        if name not in self._textures:
            image = Image.open(ASSETS / "tex" / f"{name}.webp").transpose(Image.FLIP_TOP_BOTTOM)
            texture = self.ctx.texture(image.size, len(image.getbands()), image.tobytes())
            texture.build_mipmaps()
            texture.filter = (self._gl.LINEAR_MIPMAP_LINEAR, self._gl.LINEAR)
            self._textures[name] = texture
        return self._textures[name]

    def render(self, scene):
        """uint8 [size, size, 3]"""
        ctx, gl = self.ctx, self._gl
        key = np.asarray(scene.lights["key_direction"])
        shadow_eye = scene.target + 8 * key
        to_shadow = orthographic(2.6, 12) @ look_at(shadow_eye, scene.target)
        distance = np.linalg.norm(scene.eye - scene.target)
        to_screen = perspective(scene.extent, distance) @ look_at(scene.eye, scene.target)
        buffers = [(d, ctx.buffer(d.vertices.tobytes()), ctx.buffer(d.triangles.tobytes())) for d in scene.draws]
        scratch = []

        self.shadow_target.use()
        self.shadow_target.clear(depth=1.0)
        ctx.enable_only(gl.DEPTH_TEST)
        for d, vertices, triangles in buffers:
            if d.shadow:
                program = self.depth_programs["ribbon" if d.kind == "ribbon" else "mesh"]
                scratch.append(self._draw(program, d, vertices, triangles, {"projection": to_shadow, "eye": scene.target + 1000 * key, "cutout": int(d.kind == "hair")}))

        self.multisampled.use()
        self.multisampled.clear(depth=1.0)
        ctx.enable_only(gl.DEPTH_TEST)
        picture = ctx.texture(scene.backdrop.shape[1::-1], 3, np.uint8(scene.backdrop[::-1] * 255).tobytes())
        picture.use(0)
        self.backdrop.render(gl.TRIANGLES)
        self.shadow.use(1)
        common = {"projection": to_screen, "eye": scene.eye, "shadow_matrix": to_shadow, "shadow_map": 1, **scene.lights}
        for d, vertices, triangles in buffers:
            if d.kind == "lens":
                ctx.enable_only(gl.DEPTH_TEST | gl.BLEND)
            else:
                ctx.enable_only(gl.DEPTH_TEST | (gl.CULL_FACE if d.kind in ("skin", "cloth", "eye", "teeth") else 0))
                if d.kind in ("hair", "decal"):
                    ctx.enable_direct(ALPHA_TO_COVERAGE)
            scratch.append(self._draw(self.programs[d.kind], d, vertices, triangles, {**common, **d.uniforms}))
            if d.kind in ("hair", "decal"):
                ctx.disable_direct(ALPHA_TO_COVERAGE)

        ctx.copy_framebuffer(self.resolved, self.multisampled)
        self.output.use()
        ctx.enable_only(0)
        self.colour.use(0)
        self.depth.use(1)
        program = self.develop.program
        program["picture"], program["depth"], program["factor"], program["planes"] = 0, 1, self.factor, (NEAR, FAR)
        self.develop.render(gl.TRIANGLES)
        pixels = np.frombuffer(self.output.read(components=3, alignment=1), np.uint8).reshape(self.size, self.size, 3)[::-1]
        for thing in (*scratch, picture, *(b for _, *pair in buffers for b in pair)):
            thing.release()
        return pixels

    def _draw(self, program, d, vertices, triangles, uniforms):
        if d.kind == "ribbon":
            layout = "3f 3f 3f 3f", "in_position", "in_tangent", "in_outward", "in_lock"
        else:
            layout = "3f 3f 2f 4f", "in_position", "in_normal", "in_uv", "in_paint"
        for name, value in uniforms.items():
            if name in program:
                if isinstance(value, np.ndarray) and value.ndim == 2:
                    program[name].write(value.T.astype("f4").tobytes())
                else:
                    program[name].value = tuple(map(float, value)) if isinstance(value, (tuple, list, np.ndarray)) else value
        if d.texture:
            self.texture(d.texture).use(0)
        array = self.ctx.vertex_array(program, [(vertices, *_only_used(program, *layout))], triangles)
        array.render(self._gl.TRIANGLES)
        return array


def _only_used(program, formats, *names):
    """Layout of a vertex buffer: attributes that the compiler dropped become padding."""
    sizes = {"2f": "8x", "3f": "12x", "4f": "16x"}
    parts, used = [], []
    for part, name in zip(formats.split(), names):
        if name in program:
            parts.append(part)
            used.append(name)
        else:
            parts.append(sizes[part])
    return (" ".join(parts), *used)
