import { useAppState } from './context.ts';

// An 8 x 8 face in letters: background, hair, skin, dark, mouth, pullover, white.
const face = 'bbhhhhbbbhhhhhhbbhsssshbbhdssdhbbhsssshbbhsmmshbbhhsshhbbppwwppb';
const places = Array.from(face, (kind, place) => ({ place, kind, x: place % 8, y: place >> 3 }));
// Halfway, 30 of the 64 tiles, well scattered.
const isSet = (place: number) => (place * 37 + 11) % 64 < 30;

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

function Mosaic({ shown }: { readonly shown: (place: number) => boolean }) {
  return (
    <svg className="mosaic" viewBox="0 0 8 8" aria-hidden="true">
      {places.map(({ place, kind, x, y }) => (
        <Cell key={place} kind={shown(place) ? kind : 'mask'} x={x} y={y} />
      ))}
    </svg>
  );
}

function Cell({ kind, x, y }: { readonly kind: string; readonly x: number; readonly y: number }) {
  const masked = kind === 'mask';
  const turned = (x * 5 + y * 3 + x * y) % 2 === 0;
  return (
    <>
      <rect className={`cell-${kind}`} x={x} y={y} width={1.01} height={1.01} />
      {masked && (
        <path
          className="cell-line"
          d={
            turned
              ? `M${x + 0.5} ${y}a.5 .5 0 0 1-.5 .5M${x + 0.5} ${y + 1}a.5 .5 0 0 1 .5-.5`
              : `M${x + 0.5} ${y}a.5 .5 0 0 0 .5 .5M${x + 0.5} ${y + 1}a.5 .5 0 0 0-.5-.5`
          }
        />
      )}
    </>
  );
}
