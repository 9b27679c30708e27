import { type CSSProperties, useEffect, useState } from 'react';
import { builtInPack, welcomePictures } from '../../store/address.ts';
import { useActions, useAppState } from '../context.ts';
import { Icon } from '../kit/icons.tsx';

/** Square pictures side by side in one file. */
interface Strip {
  readonly address: string;
  readonly count: number;
}

/** Shown before the first picture: what the model draws, and how. */
export function Welcome() {
  const packUrl = useAppState((state) => state.packUrl);
  const { explain } = useActions();
  const own = welcomePictures(packUrl);
  const strip = useStrip(own ?? welcomePictures(builtInPack));
  return (
    <div className="welcome">
      <h2>
        <span>Faces from words,</span> <span>tile by tile.</span>
      </h2>
      <p className="welcome-lead">
        Describe a face and watch it appear. It all happens on your device: no account, no server, and your
        words never leave this page.
      </p>
      <div className="welcome-body">
        {own && <Pictures strip={strip} />}
        <ol className="how">
          <li>
            <Mosaic strip={strip} shown={() => false} />
            <h3>It starts hidden</h3>
            <p>CLIP reads your words. The picture is a grid of hidden tiles.</p>
          </li>
          <li>
            <Mosaic strip={strip} shown={isSet} />
            <h3>Tiles turn up</h3>
            <p>At every step the model guesses them all and keeps a few more.</p>
          </li>
          <li>
            <Mosaic strip={strip} shown={() => true} />
            <h3>The best comes first</h3>
            <p>CLIP compares every picture with your words and puts the closest in front.</p>
          </li>
          <li className="how-more">
            <button type="button" className="quiet" onClick={() => explain(true)}>
              <Icon name="play" /> See it happen
            </button>
          </li>
        </ol>
      </div>
    </div>
  );
}

/** Places kept until the file says how many pictures it holds. */
const placesKept = 6;

/** What the model made of its own examples; each is a button that takes up its prompt. */
function Pictures({ strip }: { readonly strip: Strip | null }) {
  const examples = useAppState((state) => (state.pack.kind === 'ready' ? state.manifest?.examples : null));
  const { edit } = useActions();
  const count = strip?.count ?? placesKept;
  // Pictures of other examples than the pack has now would say something wrong.
  const prompts = examples?.length === count ? examples : null;
  const take = (prompt: string) => {
    edit({ prompt });
    // On a phone the prompt lies above.
    scrollTo({ top: 0 });
  };
  return (
    <ul
      className="welcome-pictures"
      aria-label="What this model draws"
      style={{ '--columns': count % 4 === 0 ? 4 : 3 } as CSSProperties}
    >
      {Array.from({ length: count }, (_, place) => {
        const prompt = prompts?.[place];
        const style = strip
          ? {
              backgroundImage: `url("${strip.address}")`,
              backgroundSize: `${100 * count}% 100%`,
              backgroundPosition: `${(100 * place) / Math.max(1, count - 1)}% 0`,
            }
          : {};
        const image = <span className="welcome-image" style={style} />;
        return (
          <li key={prompt ?? place}>
            {prompt ? (
              <button type="button" className="welcome-picture" onClick={() => take(prompt)}>
                {image}
                <span className="welcome-prompt" dir="auto">
                  {prompt}
                </span>
              </button>
            ) : (
              <span className="welcome-picture">
                {image}
                <span className="welcome-prompt" />
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The file, once it is there. */
function useStrip(address: string | null): Strip | null {
  const [strip, setStrip] = useState<Strip | null>(null);
  useEffect(() => {
    if (!address) return;
    const image = new Image();
    image.onload = () => {
      setStrip({ address, count: Math.max(1, Math.round(image.naturalWidth / image.naturalHeight)) });
    };
    image.src = address;
    return () => {
      image.onload = null;
    };
  }, [address]);
  return strip?.address === address ? strip : null;
}

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

interface MosaicProps {
  /** The first of its pictures lies beneath. */
  readonly strip: Strip | null;
  readonly shown: (place: number) => boolean;
}

/** A face under masked tiles, drawn as the live view draws them. */
function Mosaic({ strip, shown }: MosaicProps) {
  return (
    <svg className="mosaic" viewBox={`0 0 ${side} ${side}`} aria-hidden="true">
      {strip && <image href={strip.address} width={side * strip.count} height={side} />}
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
