/** The first kind of WebM that the browser records; null where it records none. */
export function recordedType(): string | null {
  if (typeof MediaRecorder !== 'function' || !('captureStream' in HTMLCanvasElement.prototype)) return null;
  const types = ['video/webm;codecs=vp9', 'video/webm;codecs=vp8', 'video/webm'];
  return types.find((type) => MediaRecorder.isTypeSupported(type)) ?? null;
}

/** Whether the browser can make a video of pictures. */
export const canRecord = () => recordedType() !== null;
