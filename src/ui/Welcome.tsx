import { useAppState } from './context.ts';

const side = 8;
const places = Array.from({ length: side * side }, (_, place) => ({
  place,
  x: place % side,
  y: Math.floor(place / side),
}));
/** Halfway: a good half of the tiles set, well scattered. */
const isSet = (place: number) => (place * 37 + 11) % 64 < 34;

/** Which way a masked tile lies: without a pattern the eye could find. */
const isTurned = (place: number) => (place * place * 7 + place * 3) % 11 < 5;

/** Shown before the first picture: what will happen. */
export function Welcome() {
  const name = useAppState((state) => state.manifest?.name);
  return (
    <div className="welcome">
      <h2>
        Faces from words,
        <br />
        tile by tile.
      </h2>
      <p className="welcome-lead">
        Describe a face and watch it come up. {name ?? 'The model'} runs on this device: no account, no
        server, and nothing you write leaves the page.
      </p>
      <ol className="how">
        <li>
          <Mosaic shown={() => false} />
          <h3>Nothing is decided</h3>
          <p>CLIP reads your words. The picture begins as a grid of hidden tiles.</p>
        </li>
        <li>
          <Mosaic shown={isSet} />
          <h3>Tiles are set</h3>
          <p>At every step the model proposes all of them, and a few more are kept.</p>
        </li>
        <li>
          <Mosaic shown={() => true} />
          <h3>The best comes first</h3>
          <p>CLIP looks at each finished picture and puts the closest to your words in front.</p>
        </li>
      </ol>
    </div>
  );
}

/** A face under masked tiles, drawn as the live view draws them. */
function Mosaic({ shown }: { readonly shown: (place: number) => boolean }) {
  return (
    <svg className="mosaic" viewBox={`0 0 ${side} ${side}`} aria-hidden="true">
      <Face />
      {places.map(
        ({ place, x, y }) => !shown(place) && <MaskedTile key={place} x={x} y={y} turned={isTurned(place)} />,
      )}
    </svg>
  );
}

interface MaskedTileProps {
  readonly x: number;
  readonly y: number;
  readonly turned: boolean;
}

function MaskedTile({ x, y, turned }: MaskedTileProps) {
  // Around the upper left and lower right corner, or around the other two.
  const arcs = turned ? ['0 0 1-.5 .5', '0 0 1 .5-.5'] : ['0 0 0 .5 .5', '0 0 0-.5-.5'];
  return (
    <>
      <rect className="cell-mask" x={x} y={y} width={1} height={1} />
      <path
        className="cell-line"
        d={`M${x + 0.5} ${y}a.5 .5 ${arcs[0]}M${x + 0.5} ${y + 1}a.5 .5 ${arcs[1]}`}
      />
    </>
  );
}

function Face() {
  return (
    <>
      <path className="face-ground" d="M0 0h8v8h-8z" />
      <path className="face-hair" d="M1.5 3.5a2.5 2.65 0 0 1 5 0v2.9q-.9 .8-2.5 .8t-2.5-.8z" />
      <path className="face-pullover" d="M1 8c.15-1.3 1.3-1.85 3-1.85s2.85 .55 3 1.85z" />
      <path className="face-skin" d="M3.3 5.2h1.4v1.35q-.7 .55-1.4 0z" />
      <ellipse className="face-skin" cx="4" cy="3.85" rx="1.6" ry="1.95" />
      <path
        className="face-hair"
        d="M2.35 3.3q.2-1.7 1.9-1.8 1.3 .1 1.45 1.75-1.2-.15-1.9-.9-.5 .75-1.45 .95z"
      />
      <g className="face-line">
        <circle cx="3.3" cy="3.85" r=".52" />
        <circle cx="4.7" cy="3.85" r=".52" />
        <path d="M3.82 3.8q.18-.12 .36 0M3.45 4.95q.55 .5 1.1 0" />
      </g>
      <circle className="face-dark" cx="3.3" cy="3.85" r=".16" />
      <circle className="face-dark" cx="4.7" cy="3.85" r=".16" />
    </>
  );
}
