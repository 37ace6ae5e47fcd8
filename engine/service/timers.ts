/** The repeated work of a service, stopped as one. */
export class Timers {
  readonly #running: NodeJS.Timeout[] = [];

  every(milliseconds: number, work: () => void): void {
    this.#running.push(setInterval(work, milliseconds));
  }

  stop(): void {
    for (const timer of this.#running.splice(0)) clearInterval(timer);
  }
}
