// Decoded pictures, drawn from the buffer they are in: their numbers never come to the CPU.
import type { Frame } from '../../events.ts';
import type { Size } from '../clipImage.ts';
import type { GpuTensor } from '../session.ts';

/** @param pixels float32 [1, 3, height, width] in 0..1 */
export type Painter = (pixels: GpuTensor) => Frame;

/** Rounds down as toRgba() does, so that a preview has the bytes that the finished picture would have. */
const shader = (width: number, height: number) => /* wgsl */ `
@group(0) @binding(0) var<storage, read> pixels: array<f32>;

const WIDTH = ${width}u;
const AREA = ${width * height}u;

// One triangle over all of the canvas.
@vertex fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(4.0 * f32(i & 1u) - 1.0, 4.0 * f32(i >> 1u) - 1.0, 0.0, 1.0);
}

@fragment fn colour(@builtin(position) at: vec4f) -> @location(0) vec4f {
  let i = u32(at.y) * WIDTH + u32(at.x);
  let rgb = vec3f(pixels[i], pixels[AREA + i], pixels[2u * AREA + i]);
  return vec4f(floor(rgb * 255.0) / 255.0, 1.0);
}`;

/**
 * @returns null where a device cannot draw to a canvas (outside a browser, or in some of them), or may be lost when it is
 * asked to: Chromium on a desktop's Linux, or with a software adapter, bears it only if its pages go through Vulkan, too
 */
export async function createPainter(device: GPUDevice, { width, height }: Size): Promise<Painter | null> {
  if (typeof OffscreenCanvas === 'undefined' || device.adapterInfo?.isFallbackAdapter) return null;
  if (/Linux(?!; Android)/.test(navigator.userAgent)) return null;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('webgpu');
  if (!context) return null;
  const format = navigator.gpu.getPreferredCanvasFormat();
  context.configure({ device, format });
  const module = device.createShaderModule({ code: shader(width, height) });
  const pipeline = await device.createRenderPipelineAsync({
    layout: 'auto',
    vertex: { module },
    fragment: { module, targets: [{ format }] },
  });
  return ({ buffer }) => {
    const encoder = device.createCommandEncoder();
    const view = context.getCurrentTexture().createView();
    const pass = encoder.beginRenderPass({
      colorAttachments: [{ view, loadOp: 'clear', storeOp: 'store' }],
    });
    pass.setPipeline(pipeline);
    const layout = pipeline.getBindGroupLayout(0);
    pass.setBindGroup(0, device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer } }] }));
    pass.draw(3);
    pass.end();
    device.queue.submit([encoder.finish()]);
    return canvas.transferToImageBitmap();
  };
}
