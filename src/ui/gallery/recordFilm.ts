// A film as a video: played on a canvas, which the browser records while it plays.
import { UserError } from '../../errors.ts';
import type { FilmFrame } from '../../store/filmActions.ts';
import { recordedType } from './canRecord.ts';

/** Pictures drawn in a second: a recorder takes none of a canvas that stands still. */
const RATE = 30;
/** Milliseconds in which a recorder gives what it has, once it is told to end. */
const PATIENCE = 10_000;
const BITS_A_PIXEL = 40;

/**
 * A WebM file; it takes as long as the film. A page that is hidden is given no time to draw, so the recording waits for it.
 * @param frames at least one, of one size
 * @throws {UserError} `device` where the browser records nothing
 */
export async function recordFilm(frames: readonly FilmFrame[]): Promise<Blob> {
  const mimeType = recordedType();
  const { width, height } = frames[0].image;
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  if (!mimeType || !context) throw silent();
  const stream = canvas.captureStream(RATE);
  const recorder = new MediaRecorder(stream, { mimeType, videoBitsPerSecond: BITS_A_PIXEL * width * height });
  const pieces: Blob[] = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const ended = new Promise<void>((resolve, reject) => {
    recorder.onstop = () => resolve();
    recorder.onerror = () => reject(silent());
  });
  const show = ({ image: { data } }: FilmFrame) =>
    context.putImageData(new ImageData(data, width, height), 0, 0);
  try {
    recorder.start();
    await Promise.race([play(frames, show, recorder), ended]);
    if (recorder.state !== 'inactive') recorder.stop();
    await Promise.race([ended, failAfter(PATIENCE)]);
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
  const file = new Blob(pieces, { type: 'video/webm' });
  if (!file.size) throw silent();
  return file;
}

/** Settles when all was shown, for as long as it is to be seen. */
function play(
  frames: readonly FilmFrame[],
  show: (frame: FilmFrame) => void,
  recorder: MediaRecorder,
): Promise<void> {
  const whole = frames.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  let played = 0;
  let before = performance.now();
  show(frames[0]);
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const now = performance.now();
      if (document.hidden) {
        if (recorder.state === 'recording') recorder.pause();
      } else {
        if (recorder.state === 'paused') recorder.resume();
        played += now - before;
        show(frameAt(frames, played));
      }
      before = now;
      if (played < whole && recorder.state !== 'inactive') return;
      clearInterval(timer);
      resolve();
    }, 1000 / RATE);
  });
}

/** What is shown after so many milliseconds; the last one from the end on. */
export function frameAt(frames: readonly FilmFrame[], milliseconds: number): FilmFrame {
  let end = 0;
  for (const frame of frames) {
    end += frame.milliseconds;
    if (milliseconds < end) return frame;
  }
  return frames[frames.length - 1];
}

function failAfter(milliseconds: number): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(silent()), milliseconds));
}

const silent = () =>
  new UserError('device', 'This browser recorded no video: take the moving PNG, which every browser plays.');
