/** A service that has started (operation.md §6). */
export interface RunningService {
  /** Stops in order, within 10 s; asking again gives the same promise. */
  stop(): Promise<void>;
  /** The exit code: 0 after a clean stop, 1 when something ended the service. */
  readonly done: Promise<number>;
}

/** A frontend also says where it can be reached. */
export interface RunningFrontend extends RunningService {
  readonly port: number;
  /**
   * Refuses events from now on and hands over what was taken in, for up to 5 s; resolves with the number of events left.
   * The first half of a stop, for a supervisor that ends the backends in between (operation.md §6).
   */
  drain(): Promise<number>;
}
