/** Subjects whose last message is kept while the bus is away. Ours are a handful for each node. */
const MAX_SUBJECTS = 256;
/** Bytes that are kept so, all subjects together. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The last message of each subject that was published while the bus was away. State that is said once, such as the
 * overload signal, thus survives an outage, and stale figures don't pile up.
 */
export class LatestMessages {
  readonly #messages = new Map<string, Uint8Array>();
  #bytes = 0;

  keep(subject: string, payload: Uint8Array): void {
    this.forget(subject);
    if (this.#messages.size >= MAX_SUBJECTS || this.#bytes + payload.length > MAX_BYTES) return;
    this.#messages.set(subject, payload);
    this.#bytes += payload.length;
  }

  forget(subject: string): void {
    this.#bytes -= this.#messages.get(subject)?.length ?? 0;
    this.#messages.delete(subject);
  }

  /** Everything that is kept, in the order it came; nothing is kept afterwards. */
  take(): [string, Uint8Array][] {
    const messages = [...this.#messages];
    this.#messages.clear();
    this.#bytes = 0;
    return messages;
  }
}
