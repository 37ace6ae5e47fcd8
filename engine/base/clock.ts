/** Where the engine gets the time from; an argument everywhere, so that tests move it by hand (operation.md §8). */
export interface Clock {
  /** Milliseconds since the epoch. Never jumps: see `SystemClock`. */
  now(): number;
  /** Milliseconds since some fixed point; never goes back. For timers, rates and durations. */
  monotonic(): number;
}

/** How far the clock is moved towards the wall clock, at most: one second for each minute that passes. */
const MAX_SLEW = 1 / 60;
/** The wall clock is looked at this often, in milliseconds. */
const SLEW_EVERY_MS = 1000;

/**
 * The wall clock at start plus monotonic time, slewed towards the wall clock by at most 1 s a minute: a wall clock
 * that is set back or forward by an hour expires nothing at once and makes nothing live on (operation.md §8).
 */
export class SystemClock implements Clock {
  readonly #wall: () => number;
  readonly #mono: () => number;
  /** `now()` is monotonic time plus this. */
  #offset: number;
  #lastSlew: number;

  constructor(wall: () => number = Date.now, mono: () => number = () => performance.now()) {
    this.#wall = wall;
    this.#mono = mono;
    const started = mono();
    this.#offset = wall() - started;
    this.#lastSlew = started;
  }

  now(): number {
    const mono = this.#mono();
    const elapsed = mono - this.#lastSlew;
    if (elapsed >= SLEW_EVERY_MS) {
      const drift = this.#wall() - (mono + this.#offset);
      const limit = elapsed * MAX_SLEW;
      this.#offset += Math.max(-limit, Math.min(limit, drift));
      this.#lastSlew = mono;
    }
    return mono + this.#offset;
  }

  monotonic(): number {
    return this.#mono();
  }
}

/** A clock that stands still until it is moved: for tests, replay and simulation. */
export class ManualClock implements Clock {
  #now: number;

  constructor(now = 0) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }

  set(now: number): void {
    this.#now = now;
  }
}
