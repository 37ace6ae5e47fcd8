import type { IngestCounters } from "../ingest/counters.ts";

/** The figures of a frontend that are exported as gauges; ours, named so that no sum over backends holds them. */
export interface FrontendFigures extends Record<string, number> {
  /** Events let in per second, since the last report. */
  frontend_eps: number;
  /** Since the last report. */
  frontend_requests: number;
  frontend_events_accepted: number;
  frontend_requests_refused: number;
  /** Events that wait for the bus. */
  frontend_queue_length: number;
}

/** Makes one report at each call, about what happened since the call before. */
export class FrontendGauges {
  readonly #counters: IngestCounters;
  #requests = 0;
  #accepted = 0;
  #refused = 0;
  #lastMs: number;

  constructor(counters: IngestCounters, monotonicMs: number) {
    this.#counters = counters;
    this.#lastMs = monotonicMs;
  }

  /** `refused`: requests since the start. `epsLimit`: events per second that are let in at present; `undefined` when the rate isn't limited. */
  report(monotonicMs: number, refused: number, queueLength: number, epsLimit: number | undefined): FrontendFigures {
    const { requests, accepted } = this.#counters;
    const seconds = (monotonicMs - this.#lastMs) / 1000;
    const figures: FrontendFigures = {
      frontend_eps: seconds > 0 ? (accepted - this.#accepted) / seconds : 0,
      frontend_requests: requests - this.#requests,
      frontend_events_accepted: accepted - this.#accepted,
      frontend_requests_refused: refused - this.#refused,
      frontend_queue_length: queueLength,
      ...(epsLimit === undefined ? {} : { frontend_eps_limit: epsLimit }),
    };
    this.#requests = requests;
    this.#accepted = accepted;
    this.#refused = refused;
    this.#lastMs = monotonicMs;
    return figures;
  }
}
