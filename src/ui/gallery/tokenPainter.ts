// Draws the token grid over a picture. A masked cell is a tile with two quarter circles (a Truchet tile: neighbours join
// into one winding line, which breaks up as tokens are set). A token that is set lights up in its own colour, and melts
// away once there is a picture beneath it. Only cells that change are drawn.
import type { ImageTokens } from '../../types.ts';

export interface TokenPainter {
  /** @param tokens [positions]; null means all masked. @param uncovered whether a picture lies beneath */
  update(tokens: ImageTokens | null, uncovered: boolean): void;
  /** In CSS pixels. */
  resize(width: number, height: number): void;
  dispose(): void;
}

const riseMilliseconds = 200;
const meltMilliseconds = 480;
/** About 30 frames a second: the rest of the processor belongs to the model. */
const frameMilliseconds = 30;
/** Of a masked tile over a picture: the picture to come shines through. */
const veil = 0.82;

/**
 * A painter for one canvas of the page, coloured by the style sheet's --tile and --tile-line.
 * @param begun as of update(): what is there from the beginning, and at rest
 */
export function createTokenPainter(
  canvas: HTMLCanvasElement,
  rows: number,
  columns: number,
  maskToken: number,
  begun: { readonly tokens: ImageTokens | null; readonly uncovered: boolean } = {
    tokens: null,
    uncovered: false,
  },
): TokenPainter {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser gives no 2D canvas.');
  const style = getComputedStyle(canvas);
  const tileColour = style.getPropertyValue('--tile');
  const lineColour = style.getPropertyValue('--tile-line');
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;

  const cells = begun.tokens ? begun.tokens.slice() : new Int32Array(rows * columns).fill(maskToken);
  const setAt = new Float64Array(rows * columns).fill(Number.NEGATIVE_INFINITY);
  const moving = new Set<number>();
  let uncoveredAt = begun.uncovered ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  let frame = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;

  /** Whole device pixels, so that neighbours meet without a seam. */
  function edges(cell: number) {
    const column = cell % columns;
    const row = Math.floor(cell / columns);
    const left = Math.round((column * canvas.width) / columns);
    const top = Math.round((row * canvas.height) / rows);
    return {
      left,
      top,
      width: Math.round(((column + 1) * canvas.width) / columns) - left,
      height: Math.round(((row + 1) * canvas.height) / rows) - top,
    };
  }

  /** Draws one cell as it is at that time; false when it has come to rest. */
  function draw(cell: number, time: number): boolean {
    const { left, top, width, height } = edges(cell);
    context!.clearRect(left, top, width, height);
    const token = cells[cell];
    if (token === maskToken) {
      drawMask(cell, left, top, width, height);
      return false;
    }
    const rise = still ? 1 : clamp((time - setAt[cell]) / riseMilliseconds);
    const meltFrom = Math.max(setAt[cell] + riseMilliseconds, uncoveredAt);
    const melted = time < meltFrom ? 0 : still ? 1 : clamp((time - meltFrom) / meltMilliseconds);
    if (rise < 1) drawMask(cell, left, top, width, height);
    if (melted < 1) {
      const side = 0.55 + 0.45 * easeOut(rise);
      context!.globalAlpha = rise * (1 - easeOut(melted));
      context!.fillStyle = tokenColour(token);
      context!.beginPath();
      context!.roundRect(
        left + (width * (1 - side)) / 2,
        top + (height * (1 - side)) / 2,
        width * side,
        height * side,
        width * (0.5 - 0.42 * rise),
      );
      context!.fill();
      context!.globalAlpha = 1;
    }
    // A frame's time may lie before the moment it answers to: what is still to melt keeps moving.
    return rise < 1 || (meltFrom !== Number.POSITIVE_INFINITY && melted < 1);
  }

  function drawMask(cell: number, left: number, top: number, width: number, height: number) {
    context!.save();
    context!.beginPath();
    context!.rect(left, top, width, height);
    context!.clip();
    context!.globalAlpha = uncoveredAt === Number.POSITIVE_INFINITY ? 1 : veil;
    context!.fillStyle = tileColour;
    context!.fillRect(left, top, width, height);
    context!.strokeStyle = lineColour;
    context!.lineWidth = Math.max(1, width * 0.055);
    const turned = scatter(cell) < 0.5;
    context!.beginPath();
    for (const far of [0, 1]) {
      const x = left + (turned === (far === 1) ? 0 : width);
      const y = top + far * height;
      context!.moveTo(x + width / 2, y);
      context!.arc(x, y, width / 2, 0, 2 * Math.PI);
    }
    context!.stroke();
    context!.restore();
  }

  function tick(time: number) {
    frame = 0;
    if (time - drawnAt < frameMilliseconds) {
      frame = requestAnimationFrame(tick);
      return;
    }
    drawnAt = time;
    for (const cell of moving) if (!draw(cell, time)) moving.delete(cell);
    if (moving.size) frame = requestAnimationFrame(tick);
  }

  function move(cell: number) {
    moving.add(cell);
    if (!frame) frame = requestAnimationFrame(tick);
  }

  return {
    update(tokens, uncovered) {
      const time = performance.now();
      if (uncovered && uncoveredAt > time) {
        uncoveredAt = time;
        for (let cell = 0; cell < cells.length; cell++) move(cell);
      }
      for (let cell = 0; cell < cells.length; cell++) {
        const token = tokens ? tokens[cell] : maskToken;
        if (token === cells[cell]) continue;
        cells[cell] = token;
        setAt[cell] = time;
        move(cell);
      }
    },
    resize(width, height) {
      canvas.width = Math.round(width * devicePixelRatio);
      canvas.height = Math.round(height * devicePixelRatio);
      // A resized canvas is empty: fill it in this very frame.
      const time = performance.now();
      for (let cell = 0; cell < cells.length; cell++) if (draw(cell, time)) move(cell);
    },
    dispose() {
      cancelAnimationFrame(frame);
    },
  };
}

/** Neighbouring codes get hues far apart: the golden angle. */
function tokenColour(token: number): string {
  return `oklch(${0.7 + 0.16 * scatter(token)} 0.115 ${(token * 137.508) % 360})`;
}

/** A fixed scatter of whole numbers over 0..1, without a pattern the eye could find. */
function scatter(n: number): number {
  let mixed = Math.imul(n + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32;
}

function easeOut(x: number): number {
  return 1 - (1 - x) ** 3;
}

function clamp(x: number): number {
  return Math.min(1, Math.max(0, x));
}
