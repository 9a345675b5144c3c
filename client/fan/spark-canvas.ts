/**
 * Draws rising reactions. One canvas, glyphs drawn once per emoji, a bounded number in flight, and no frame
 * while nothing flies: a silent crowd costs nothing.
 */
import { adaptBudget, type Spark } from '../ui/reaction-spread.ts';

export const MAX_SPARKS = 90;
const GLYPH_PX = 34;
const FLIGHT_MS = 3_200;
/** A phone's small stage holds fewer before it is only clutter. */
const PX2_PER_SPARK = 6_000;

interface Flight {
  readonly glyph: HTMLCanvasElement;
  readonly startMs: number;
  /** 0 to 1 across. */
  readonly x: number;
  readonly swayPx: number;
  readonly turns: number;
  readonly scale: number;
}

export class SparkCanvas {
  readonly #canvas: HTMLCanvasElement;
  readonly #random: () => number;
  readonly #glyphs = new Map<string, HTMLCanvasElement>();
  #flights: Flight[] = [];
  #budget = MAX_SPARKS;
  #frame = 0;
  #lastMs = 0;

  constructor(canvas: HTMLCanvasElement, random: () => number) {
    this.#canvas = canvas;
    this.#random = random;
  }

  /** `fromX`: where across the canvas it rises, 0 to 1; anywhere without it. */
  launch(sparks: readonly Spark[], fromX?: number): void {
    const nowMs = this.#lastMs > 0 && this.#frame !== 0 ? this.#lastMs : document.timeline.currentTime;
    const startMs = typeof nowMs === 'number' ? nowMs : 0;
    const room = Math.min(this.#budget, (this.#canvas.clientWidth * this.#canvas.clientHeight) / PX2_PER_SPARK);
    for (const spark of sparks) {
      if (this.#flights.length >= room) break;
      this.#flights.push({
        glyph: this.#glyph(spark.emoji),
        startMs: startMs + spark.inMs,
        x: fromX ?? 0.06 + this.#random() * 0.88,
        swayPx: 10 + this.#random() * 26,
        turns: 0.6 + this.#random() * 0.9,
        scale: 0.7 + this.#random() * 0.65,
      });
    }
    if (this.#frame === 0 && this.#flights.length > 0) this.#frame = requestAnimationFrame(this.#draw);
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#flights = [];
  }

  readonly #draw = (nowMs: number): void => {
    const canvas = this.#canvas;
    const context = canvas.getContext('2d');
    if (context === null) return;
    if (this.#lastMs > 0) this.#budget = adaptBudget(this.#budget, nowMs - this.#lastMs, MAX_SPARKS);
    this.#lastMs = nowMs;
    const density = Math.min(2, devicePixelRatio);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== Math.round(width * density) || canvas.height !== Math.round(height * density)) {
      canvas.width = Math.round(width * density);
      canvas.height = Math.round(height * density);
    }
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    this.#flights = this.#flights.filter((flight) => nowMs - flight.startMs < FLIGHT_MS);
    for (const flight of this.#flights) {
      const t = (nowMs - flight.startMs) / FLIGHT_MS;
      if (t < 0) continue;
      const rise = 1 - (1 - t) ** 1.8;
      const size = GLYPH_PX * flight.scale * Math.min(1, 0.4 + t * 5);
      const x = flight.x * width + Math.sin(t * flight.turns * Math.PI * 2) * flight.swayPx * t - size / 2;
      const y = height - size - rise * (height * (0.5 + flight.scale * 0.35));
      context.globalAlpha = t < 0.6 ? 1 : Math.max(0, 1 - (t - 0.6) / 0.4);
      context.drawImage(flight.glyph, x, y, size, size);
    }
    if (this.#flights.length > 0) {
      this.#frame = requestAnimationFrame(this.#draw);
    } else {
      context.clearRect(0, 0, width, height);
      this.#frame = 0;
      this.#lastMs = 0;
    }
  };

  #glyph(emoji: string): HTMLCanvasElement {
    const drawn = this.#glyphs.get(emoji);
    if (drawn !== undefined) return drawn;
    const glyph = document.createElement('canvas');
    glyph.width = GLYPH_PX * 2;
    glyph.height = GLYPH_PX * 2;
    const context = glyph.getContext('2d');
    if (context !== null) {
      context.font = `${GLYPH_PX * 1.55}px 'Apple Color Emoji', 'Segoe UI Emoji', 'Noto Color Emoji', sans-serif`;
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      context.fillText(emoji, GLYPH_PX, GLYPH_PX * 1.06);
    }
    this.#glyphs.set(emoji, glyph);
    return glyph;
  }
}
