/** A cover: the image that the event gives, or a drawn sleeve in its colours. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { sleeveOf } from './sleeve.ts';

/** Images that did not load; they fall back to their sleeve, once and for all. */
const broken = signal<ReadonlySet<string>>(new Set());

function hasImage(url: string): boolean {
  return url !== '' && !broken.value.has(url);
}

interface CoverProps {
  readonly url: string;
  /** What the drawn sleeve is made from, so that each track has its own. */
  readonly seed: string;
  /** '' where the words beside it already say what it is. */
  readonly alt: string;
  readonly eager?: boolean;
}

export function Cover({ url, seed, alt, eager = false }: CoverProps) {
  if (!hasImage(url)) return <DrawnSleeve key={seed} seed={seed} alt={alt} />;
  return (
    <img
      class="cover-image"
      src={url}
      alt={alt}
      width="600"
      height="600"
      decoding="async"
      loading={eager ? 'eager' : 'lazy'}
      onError={() => {
        broken.value = new Set(broken.value).add(url);
      }}
    />
  );
}

function DrawnSleeve({ seed, alt }: { readonly seed: string; readonly alt: string }) {
  const name = alt === '' ? { 'aria-hidden': true } : { role: 'img' as const, 'aria-label': alt };
  return (
    <div class="cover-image sleeve" {...name}>
      <Lights seed={seed} />
      <svg viewBox="0 0 100 100" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">
        {sleeveOf(seed).rings.map((ring, at) => (
          <circle key={at} class="sleeve-ring" cx={ring.cx} cy={ring.cy} r={ring.r} />
        ))}
      </svg>
    </div>
  );
}

/** Two lights in the accent's colours. */
function Lights({ seed }: { readonly seed: string }) {
  const { light, hueTurn } = sleeveOf(seed);
  return (
    <>
      <span class="light" style={{ left: `${light.cx}%`, top: `${light.cy}%` }} />
      <span
        class="light light-far"
        style={{ left: `${100 - light.cx}%`, top: `${92 - light.cy / 3}%`, filter: `hue-rotate(${Math.round(hueTurn)}deg)` }}
      />
    </>
  );
}

/** The light that a cover throws on the whole room: the same image, far out of focus. */
export function Backdrop({ url, seed }: { readonly url: string; readonly seed: string }) {
  return (
    <div class="backdrop" aria-hidden="true">
      <div class="backdrop-light" key={hasImage(url) ? url : seed}>
        {hasImage(url) ? <Unfocused url={url} /> : <Lights seed={seed} />}
      </div>
    </div>
  );
}

/** Side of the thumbnail whose enlargement is the blur: smoothing does for nothing what a filter pays for by the pixel. */
const THUMBNAIL_PX = 12;
const CANVAS_PX = 96;

function Unfocused({ url }: { readonly url: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const image = new Image();
    const draw = () => drawUnfocused(canvas.current, image);
    image.addEventListener('load', draw);
    image.src = url;
    return () => image.removeEventListener('load', draw);
  }, [url]);
  return <canvas ref={canvas} width={CANVAS_PX} height={CANVAS_PX} />;
}

function drawUnfocused(canvas: HTMLCanvasElement | null, image: HTMLImageElement): void {
  const context = canvas?.getContext('2d');
  if (canvas === null || context === null || context === undefined) return;
  const thumbnail = document.createElement('canvas');
  thumbnail.width = THUMBNAIL_PX;
  thumbnail.height = THUMBNAIL_PX;
  const small = thumbnail.getContext('2d');
  if (small === null) return;
  small.imageSmoothingQuality = 'high';
  small.drawImage(image, 0, 0, THUMBNAIL_PX, THUMBNAIL_PX);
  context.imageSmoothingQuality = 'high';
  // Half a thumbnail pixel beyond the edges, where smoothing would fade to nothing; and once more, shifted, to round its steps.
  for (const [shift, opacity] of [
    [0, 1],
    [CANVAS_PX / THUMBNAIL_PX / 2, 0.5],
    [-CANVAS_PX / THUMBNAIL_PX / 2, 0.33],
  ] as const) {
    context.globalAlpha = opacity;
    context.drawImage(thumbnail, shift - 8, shift - 8, CANVAS_PX + 16, CANVAS_PX + 16);
  }
}
