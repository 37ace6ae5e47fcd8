/** What a frontend counts; all but `queueLength` grow for ever. */
export interface FrontendFlow {
  requests: number;
  /** Events that were answered with 200. */
  accepted: number;
  /** Requests. */
  refused: number;
  /** Events that wait for the bus. */
  queueLength: number;
}

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
  #last: FrontendFlow = { requests: 0, accepted: 0, refused: 0, queueLength: 0 };
  #lastMs: number;

  constructor(monotonicMs: number) {
    this.#lastMs = monotonicMs;
  }

  /** `epsLimit`: events per second that are let in at present; `undefined` when the rate isn't limited. */
  report(monotonicMs: number, flow: FrontendFlow, epsLimit: number | undefined): FrontendFigures {
    const seconds = (monotonicMs - this.#lastMs) / 1000;
    const accepted = flow.accepted - this.#last.accepted;
    const figures: FrontendFigures = {
      frontend_eps: seconds > 0 ? accepted / seconds : 0,
      frontend_requests: flow.requests - this.#last.requests,
      frontend_events_accepted: accepted,
      frontend_requests_refused: flow.refused - this.#last.refused,
      frontend_queue_length: flow.queueLength,
      ...(epsLimit === undefined ? {} : { frontend_eps_limit: epsLimit }),
    };
    this.#last = flow;
    this.#lastMs = monotonicMs;
    return figures;
  }
}
