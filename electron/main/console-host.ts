/** Where the console of this desktop is served, and what opens it. New with each start of the services. */
export interface ConsoleAddress {
  /** Base URL of the frontend, without a slash at its end. */
  url: string;
  port: number;
  /** The launch token (operation.md §3): for the main process and the page's WebSocket, never for a URL or argv. */
  token: string;
}

/** The services behind the console, as the desktop needs them. */
export interface ConsoleHost {
  /** `undefined` while no frontend listens. */
  readonly address: ConsoleAddress | undefined;
  readonly logsFolder: string;
  /**
   * Starts them; the frontend listens when it resolves.
   * @throws DsiemError when they can't be started, with a sentence for a person
   */
  start(): Promise<void>;
  /** Calls when they were started anew: after a failure, or for another profile. */
  onRestart(listener: () => void): void;
  /** The last lines of the service that failed, when one did. */
  lastLines(): readonly string[];
  stop(): Promise<unknown>;
}
