import type { Clock } from "../../base/clock.ts";
import type { BacklogRow } from "../../contract/console/backlogs.ts";
import { MAX_LIVE_BACKLOGS } from "../../contract/rpc.ts";
import type { Backends } from "../backends.ts";
import { type BacklogChanges, NodeBacklogs } from "./node-backlogs.ts";

/** Rows of a node however many nodes there are. */
const FEWEST_ROWS = 100;
/** How often it is looked which backends there are. */
const NODES_MS = 1_000;

export interface BacklogsState {
  rows: BacklogRow[];
  total: number;
  silent: string[];
}

/** Hears of changes; `undefined` means that only the totals or the silent ones are others. */
export type BacklogsListener = (changes: BacklogChanges | undefined) => void;

/** The live backlogs of all backends, asked for again and again while somebody listens. */
export class FleetBacklogs {
  readonly #backends: Backends;
  readonly #clock: Clock;
  readonly #directive: number | undefined;
  readonly #nodes = new Map<string, { view: NodeBacklogs; timer: NodeJS.Timeout | undefined }>();
  readonly #listeners = new Set<BacklogsListener>();
  #timer: NodeJS.Timeout | undefined;

  constructor(backends: Backends, clock: Clock, directive: number | undefined) {
    this.#backends = backends;
    this.#clock = clock;
    this.#directive = directive;
  }

  /** Whether every backend has answered, or has failed to. */
  get ready(): boolean {
    for (const { view } of this.#nodes.values()) if (!view.asked) return false;
    return true;
  }

  state(): BacklogsState {
    const rows: BacklogRow[] = [];
    const silent: string[] = [];
    let total = 0;
    for (const [node, { view }] of this.#nodes) {
      for (const row of view.rows()) rows.push(row);
      total += view.total;
      if (view.silent) silent.push(node);
    }
    return { rows: rows.sort((a, b) => a.deadline - b.deadline), total, silent: silent.sort() };
  }

  /** Until the returned function is called. */
  listen(listener: BacklogsListener): () => void {
    this.#listeners.add(listener);
    if (this.#timer === undefined) {
      this.#look();
      this.#timer = setInterval(() => this.#look(), NODES_MS);
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  get idle(): boolean {
    return this.#listeners.size === 0;
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const { timer } of this.#nodes.values()) clearTimeout(timer);
    this.#nodes.clear();
  }

  /** Begins with backends that are new, ends with those that are no more. */
  #look(): void {
    const nodes = new Set(this.#backends.nodes());
    for (const [node, { view, timer }] of this.#nodes) {
      if (nodes.has(node)) continue;
      clearTimeout(timer);
      this.#nodes.delete(node);
      this.#tell(view.leave());
    }
    for (const node of nodes) {
      if (this.#nodes.has(node)) continue;
      this.#nodes.set(node, { view: new NodeBacklogs(node, this.#directive), timer: undefined });
      void this.#ask(node);
    }
  }

  async #ask(node: string): Promise<void> {
    const asked = this.#nodes.get(node);
    if (asked === undefined) return;
    const { view } = asked;
    const before = { total: view.total, silent: view.silent, asked: view.asked };
    const limit = Math.max(FEWEST_ROWS, Math.floor(MAX_LIVE_BACKLOGS / this.#nodes.size));
    const { changes, againMs } = await view.ask(this.#backends, limit, this.#clock);
    // Nobody may be listening any more, or the backend may be no more.
    if (this.#nodes.get(node) !== asked) return;
    asked.timer = setTimeout(() => void this.#ask(node), againMs);
    if (changes.rows.length > 0 || changes.gone.length > 0) this.#tell(changes);
    else if (before.total !== view.total || before.silent !== view.silent || !before.asked) this.#tell(undefined);
  }

  #tell(changes: BacklogChanges | undefined): void {
    for (const listener of this.#listeners) listener(changes);
  }
}
