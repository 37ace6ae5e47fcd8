import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../base/clock.ts";
import { errorText } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import { leaseAnswerSchema, rpcRefusalSchema } from "../../contract/rpc.ts";
import { alarmsSubject } from "../../contract/subjects.ts";
import { askBackend, BackendRefusedError, type Backends } from "../backends.ts";
import type { AlarmStore } from "./alarm-store.ts";

/** New backends are looked for this often, in milliseconds. */
const LOOK_MS = 1000;
/**
 * The lease is renewed, and the journal asked for what may be missing, this often: so soon a backend that was restarted is
 * followed again. A lease holds for longer than a few renewals that go astray.
 */
const RENEW_MS = 3000;
const LEASE_SECONDS = 15;
/** A backend without a journal may be started with one. */
const NO_JOURNAL_MS = 60_000;
/** Messages that wait while the database is busy; of more than that `since` has what was dropped. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024;
const PAGE_TIMEOUT_MS = 10_000;
/**
 * After a transaction so long is waited for what comes next, in milliseconds: a busy backend publishes fifty times a second,
 * and a transaction for each message costs several times what one for all of them does. While somebody watches alarms, what
 * they see comes first.
 */
const GATHER_MS = 500;
const WATCHED_GATHER_MS = 30;

export interface FollowerParts {
  store: AlarmStore;
  backends: Backends;
  clock: Clock;
  log: Logger;
}

/** Follows the journals of all backends, from where this console left off (operation.md §7). */
export class JournalFollower {
  readonly #parts: FollowerParts;
  readonly #nodes = new Map<string, NodeFollower>();
  readonly #timer: NodeJS.Timeout;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#look();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#nodes.values()].map((node) => node.close()));
  }

  #look(): void {
    for (const node of this.#parts.backends.nodes()) {
      if (!this.#nodes.has(node)) this.#nodes.set(node, new NodeFollower(node, this.#parts));
    }
  }
}

/** One backend's journal: what it publishes, and what `since` says of the rest. */
class NodeFollower {
  readonly #node: string;
  readonly #parts: FollowerParts;
  #stopListening: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** What the database is doing for this node, one thing after the other. */
  #work: Promise<void> = Promise.resolve();
  #busy = false;
  #behind = false;
  #closed = false;
  #trouble = "";

  constructor(node: string, parts: FollowerParts) {
    this.#node = node;
    this.#parts = parts;
    void this.#renew();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#stopListening?.();
    await this.#work;
  }

  async #renew(): Promise<void> {
    let againMs = RENEW_MS;
    if (this.#parts.backends.nodes().includes(this.#node)) {
      try {
        this.#stopListening ??= await this.#parts.backends.listen(alarmsSubject(this.#node), (payload) =>
          this.#hear(payload),
        );
        await askBackend(this.#parts.backends, this.#node, leaseAnswerSchema, {
          method: "follow",
          seconds: LEASE_SECONDS,
        });
        this.#behind = true;
        this.#pump();
      } catch (error) {
        if (error instanceof BackendRefusedError && error.reason === "JOURNAL_OFF") againMs = NO_JOURNAL_MS;
        this.#failed(error);
      }
    }
    if (!this.#closed) this.#timer = setTimeout(() => void this.#renew(), againMs);
    else this.#stopListening?.();
  }

  #hear(payload: Uint8Array): void {
    if (this.#closed) return;
    if (this.#waitingBytes + payload.length > MAX_WAITING_BYTES) {
      this.#behind = true;
      return;
    }
    // The bus may use its buffer again.
    this.#waiting.push(new Uint8Array(payload));
    this.#waitingBytes += payload.length;
    this.#pump();
  }

  #pump(): void {
    if (this.#busy) return;
    this.#busy = true;
    this.#work = this.#takeAll()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#busy = false;
      });
  }

  /** The first message is taken in at once; those that come meanwhile go together: a burst is one transaction. */
  async #takeAll(): Promise<void> {
    const { store } = this.#parts;
    while (!this.#closed && (this.#behind || this.#waiting.length > 0)) {
      if (this.#behind) {
        this.#behind = false;
        await this.#catchUp();
      }
      const payloads = this.#waiting;
      this.#waiting = [];
      this.#waitingBytes = 0;
      if (payloads.length === 0) continue;
      const { behind, unreadable } = await store.write("news", { node: this.#node, payloads });
      this.#behind ||= behind;
      this.#unread(unreadable);
      if (!this.#closed) await sleep(store.isWatched ? WATCHED_GATHER_MS : GATHER_MS);
    }
  }

  async #catchUp(): Promise<void> {
    const { backends, log, store } = this.#parts;
    const node = this.#node;
    let position = await store.write("position", node);
    for (;;) {
      const seq = Math.max(1, position.next - 1);
      const answer = await backends.ask(node, { method: "since", seq }, { timeoutMs: PAGE_TIMEOUT_MS });
      const refusal = rpcRefusalSchema.safeParse(answer).data;
      if (refusal !== undefined) throw new BackendRefusedError(node, refusal.code, refusal.message);
      const page = await store.write("page", { node, answer });
      this.#unread(page.unreadable);
      const entries = page.missing - position.missing;
      if (entries > 0 && page.unreadable === undefined) {
        log.warn("a backend no longer has all that this console missed", { node, entries });
      }
      position = page;
      if (page.done) this.#mended();
      if (page.done || this.#closed) return;
    }
  }

  #unread(what: string | undefined): void {
    if (what === undefined) return;
    this.#parts.log.sampled(`the journal of ${this.#node} has what this console can't read and leaves out: ${what}`);
  }

  /** Said once for each reason, not every few seconds. */
  #failed(error: unknown): void {
    const trouble = errorText(error);
    if (trouble !== this.#trouble) this.#parts.log.warn(`the alarms of ${this.#node} can't be followed: ${trouble}`);
    this.#trouble = trouble;
  }

  #mended(): void {
    if (this.#trouble !== "") this.#parts.log.info("alarms are followed again", { node: this.#node });
    this.#trouble = "";
  }
}
