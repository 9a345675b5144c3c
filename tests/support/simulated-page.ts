/** A page that plays, for tests of the drift controller: the playhead is the clock itself. */
import {
  BENDING,
  correct,
  type Drift,
  errorMs,
  type JumpKind,
  jumped,
  leadMs,
  newDrift,
  sampleDelayMs,
} from '../../core/drift.ts';
import { seeded } from '../../core/seeded.ts';

/** A media element as it was measured: exact rates, 55 to 80 ms lost by each jump, ±6 ms of sawtooth on what it tells. */
class Element {
  #positionMs = 0;
  #atMs = 0;
  #silentUntilMs = 0;
  rate = 1;
  readonly #random: () => number;
  /** This device's typical loss; each jump differs by a few ms. */
  readonly lossMs: number;
  readonly #sawtoothMs: number;
  readonly #phaseMs: number;
  /** The sound card's clock against the page's. */
  readonly #skew: number;

  constructor(random: () => number) {
    this.#random = random;
    this.lossMs = 60 + random() * 15;
    this.#sawtoothMs = 10 + random() * 13;
    this.#phaseMs = random() * 100;
    this.#skew = (random() - 0.5) * 0.0002;
  }

  jump(toMs: number, nowMs: number): void {
    this.#positionMs = toMs;
    this.#atMs = nowMs;
    this.#silentUntilMs = nowMs + this.lossMs + (this.#random() - 0.5) * 10;
    this.rate = 1;
  }

  stall(forMs: number, nowMs: number): void {
    this.trueMs(nowMs);
    this.#silentUntilMs = nowMs + forMs;
  }

  trueMs(nowMs: number): number {
    const fromMs = Math.max(this.#atMs, Math.min(nowMs, this.#silentUntilMs));
    this.#positionMs += (nowMs - fromMs) * this.rate * (1 + this.#skew);
    this.#atMs = nowMs;
    return this.#positionMs;
  }

  currentTimeMs(nowMs: number): number {
    const saw = ((nowMs + this.#phaseMs) % this.#sawtoothMs) / this.#sawtoothMs;
    return this.trueMs(nowMs) + (saw - 0.5) * 12;
  }
}

interface Seen {
  readonly atMs: number;
  readonly toldMs: number;
  readonly trueMs: number;
  readonly rate: number;
  readonly knownMs: number | null;
}

/** A page that plays; the playhead is the clock itself. */
export class Page {
  readonly random: () => number;
  readonly element: Element;
  drift: Drift;
  nowMs = 1_000;
  seen: Seen[] = [];
  seeksAtMs: number[] = [];

  constructor(seed: number, rules = BENDING) {
    this.random = seeded(seed);
    this.element = new Element(this.random);
    this.drift = newDrift(rules, this.nowMs);
  }

  jump(kind: JumpKind, aimMs = leadMs(this.drift, kind)): void {
    this.element.jump(this.nowMs + aimMs, this.nowMs);
    this.drift = jumped(this.drift, kind, aimMs, this.nowMs);
  }

  run(forMs: number, delayMs = () => sampleDelayMs(this.drift, this.nowMs, this.random)): void {
    const endMs = this.nowMs + forMs;
    while (this.nowMs < endMs) {
      this.nowMs += delayMs();
      const heardMs = this.element.currentTimeMs(this.nowMs);
      const { drift, correction } = correct(this.drift, { atMs: this.nowMs, heardMs, targetMs: this.nowMs });
      this.drift = drift;
      if (correction.kind === 'seek') {
        this.element.jump(correction.toMs, this.nowMs);
        this.seeksAtMs.push(this.nowMs);
      } else {
        this.element.rate = correction.kind === 'rate' ? correction.rate : 1;
      }
      const trueMs = this.element.trueMs(this.nowMs) - this.nowMs;
      this.seen.push({
        atMs: this.nowMs,
        toldMs: heardMs - this.nowMs,
        trueMs,
        rate: this.element.rate,
        knownMs: errorMs(drift, this.nowMs),
      });
    }
  }

  since(atMs: number): Seen[] {
    return this.seen.filter((one) => one.atMs >= atMs);
  }
}
