// Drawn here, so that the page needs no icon font and no other host. All of them decorate; the words beside them speak.

/** A face of tiles, one of them still to be set. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect className="mark-ground" width="32" height="32" rx="7" />
      <path className="mark-tile" d={[tile(5, 7), tile(5, 16), tile(13, 20), tile(21, 16)].join('')} />
      <path className="mark-light" d={tile(21, 7)} />
    </svg>
  );
}

/** A rounded square of side 6. */
function tile(x: number, y: number): string {
  return `M${x + 1.5} ${y}h3a1.5 1.5 0 0 1 1.5 1.5v3a1.5 1.5 0 0 1-1.5 1.5h-3a1.5 1.5 0 0 1-1.5-1.5v-3a1.5 1.5 0 0 1 1.5-1.5z`;
}

const strokes = {
  chip: 'M4.5 4.5h7v7h-7zM6.2 2v2.5M9.8 2v2.5M6.2 11.5V14M9.8 11.5V14M2 6.2h2.5M2 9.8h2.5M11.5 6.2H14M11.5 9.8H14',
  bell: 'M3 11.5h10c-1-1-1.5-2-1.5-4.5a3.5 3.5 0 0 0-7 0c0 2.5-.5 3.5-1.5 4.5zM6.8 13.5h2.4M8 3.5V2',
  ask: 'M5.6 6a2.4 2.4 0 1 1 3.5 2.2c-.8.4-1.1.9-1.1 1.7M8 12.7h.01',
  tick: 'M3 8.5 6.5 12 13 4.5',
  download: 'M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.8 13.2h10.4',
  dice: 'M3.5 2.5h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zM5.5 5.5h.01M10.5 5.5h.01M8 8h.01M5.5 10.5h.01M10.5 10.5h.01',
  locked: 'M3.5 7.5h9v6h-9zM5.2 7.5V5.2a2.8 2.8 0 0 1 5.6 0v2.3',
  unlocked: 'M3.5 7.5h9v6h-9zM5.2 7.5V5.2a2.8 2.8 0 0 1 5.4-1',
  seed: 'M8 13.5V7.6M8 9.4c-3.4.2-5-1.6-5-5 3.4-.2 5 1.6 5 5zM8 7.6c-.1-2.7 1.3-4.2 4.6-4.3.2 2.9-1.4 4.5-4.6 4.3z',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  brush:
    'M13.5 2.5 7 9M5.6 8.6a2.4 2.4 0 0 1 1.8 1.8c.3 1.9-1.6 3.3-4.9 3.1 1-.8.9-1.5 1-2.6a2.3 2.3 0 0 1 2.1-2.3z',
  eraser:
    'm6 13.2-3.4-3.4a1 1 0 0 1 0-1.4l5.7-5.7a1 1 0 0 1 1.4 0l3.5 3.5a1 1 0 0 1 0 1.4l-5.6 5.6zM5.5 5.5l5 5M6 13.2h7.5',
  undo: 'M5.5 2.8 2.5 6l3 3.2M2.8 6h6.4a4 4 0 0 1 0 7.5H5',
  redo: 'm10.5 2.8 3 3.2-3 3.2M13.2 6H6.8a4 4 0 0 0 0 7.5H11',
  invert: 'M8 2.5a5.5 5.5 0 0 1 0 11zM8 2.5a5.5 5.5 0 0 0 0 11',
  cross: 'm4 4 8 8M12 4l-8 8',
  back: 'M10 3 5 8l5 5',
  forth: 'm6 3 5 5-5 5',
  link: 'M6.7 9.3a2.6 2.6 0 0 0 3.7 0l2.3-2.3a2.6 2.6 0 0 0-3.7-3.7l-.9.9M9.3 6.7a2.6 2.6 0 0 0-3.7 0L3.3 9a2.6 2.6 0 0 0 3.7 3.7l.9-.9',
  picture: 'M2.5 3.5h11v9h-11zM2.5 10.5l3-3 2.5 2.5 1.5-1.5 4 4M10.3 6.2h.01',
  star: 'm8 2.3 1.75 3.55 3.9.55-2.8 2.75.65 3.9L8 11.2l-3.5 1.85.65-3.9-2.8-2.75 3.9-.55z',
  bin: 'M2.8 4.5h10.4M6.2 4.5v-2h3.6v2M4.2 4.5l.6 9h6.4l.6-9M6.8 7v4M9.2 7v4',
  loop: 'M3 9.5V8a2.5 2.5 0 0 1 2.5-2.5H13M10.8 3.2 13 5.5l-2.2 2.3M13 6.5V8a2.5 2.5 0 0 1-2.5 2.5H3M5.2 12.8 3 10.5l2.2-2.3',
  grid: 'M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h4v4h-4z',
  stop: 'M4 4h8v8H4z',
  play: 'M5 3.5v9l7.5-4.5z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  settings: 'M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M10 3v3M6 10v3',
} as const;

export type IconName = keyof typeof strokes;

/** A line icon of 16 units. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={strokes[name]} />
    </svg>
  );
}
