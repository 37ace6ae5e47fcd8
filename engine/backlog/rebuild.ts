import { assertNever } from "../base/assert.ts";
import type { Rule } from "../contract/directive.ts";
import type { SavedBacklog } from "../contract/saved-backlog.ts";
import type { StateChange } from "../contract/state-change.ts";
import type { CompiledRules } from "../directive/compile.ts";
import type { AddressFacts } from "../inventory/inventory.ts";
import { Backlog, type RecordedEvent } from "./backlog.ts";
import { fewWith } from "./few.ts";
import type { LiveDirective } from "./live-directive.ts";
import { restoreBacklog } from "./saved.ts";
import { titleFits } from "./title.ts";

export interface RebuildContext {
  /** The directive, brought to life, or `undefined` when it isn't loaded. */
  directive(directiveId: number): LiveDirective | undefined;
  /** Rules by their hash. */
  rules: ReadonlyMap<string, readonly Rule[]>;
  facts(address: string): AddressFacts;
  nowMs: number;
}

export interface Rebuilt {
  /** What lives, in order of creation. */
  backlogs: Backlog[];
  /** Ordinals of what lived and can't go on. */
  left: number[];
  /** Why, each reason once for each directive that it concerns. */
  reasons: string[];
  /** The highest ordinal that any change names, 0 without one: new backlogs have to be numbered above it. */
  highestOrdinal: number;
}

/**
 * The live backlogs as their changes made them, in the state in which they were when the last of these changes was
 * written down. A backlog keeps the rules it began with; all else that it has of its directive is today's
 * (engine.md §9), and so is what is known of its addresses.
 */
export function rebuildBacklogs(changes: Iterable<StateChange>, context: RebuildContext): Rebuilt {
  const rebuilding = new Rebuilding(context);
  for (const change of changes) rebuilding.apply(change);
  return rebuilding.result();
}

class Rebuilding {
  readonly #context: RebuildContext;
  readonly #backlogs = new Map<number, Backlog>();
  readonly #left = new Map<number, string>();
  readonly #compiled = new Map<string, CompiledRules | undefined>();
  #highestOrdinal = 0;

  constructor(context: RebuildContext) {
    this.#context = context;
  }

  apply(change: StateChange): void {
    const ordinal = change[0];
    this.#highestOrdinal = Math.max(this.#highestOrdinal, ordinal);
    if (change[1] === "c" || change[1] === "i") {
      const begun = change[1] === "c" ? this.#create(change) : this.#import(ordinal, change[2], change[3], change[4]);
      if (typeof begun === "string") this.#left.set(ordinal, `directive ${change[2]}: ${begun}`);
      else this.#backlogs.set(ordinal, begun);
      return;
    }
    if (change[1] === "x") {
      this.#backlogs.delete(ordinal);
      this.#left.delete(ordinal);
      return;
    }
    const backlog = this.#backlogs.get(ordinal);
    if (backlog !== undefined) this.#change(backlog, change);
  }

  result(): Rebuilt {
    return {
      backlogs: [...this.#backlogs.values()],
      left: [...this.#left.keys()],
      reasons: [...new Set(this.#left.values())],
      highestOrdinal: this.#highestOrdinal,
    };
  }

  #create([ordinal, , directiveId, id, title, hash, startTime]: Extract<StateChange, { 1: "c" }>): Backlog | string {
    const live = this.#context.directive(directiveId);
    if (live === undefined) return "it isn't loaded any more";
    if (!titleFits(title, live.name)) return `it is called "${live.name}" now`;
    const rules = this.#rules(live, hash);
    if (rules === undefined) return "the rules that its backlogs began with are missing";
    const backlog = new Backlog(id, ordinal, live.header, rules, title, this.#context.nowMs);
    backlog.state(1).startTime = startTime;
    return backlog;
  }

  #import(ordinal: number, directiveId: number, hash: string, saved: SavedBacklog): Backlog | string {
    const live = this.#context.directive(directiveId);
    if (live === undefined) return "it isn't loaded any more";
    return restoreBacklog(saved, {
      header: live.header,
      name: live.name,
      compile: (rules) => this.#rules(live, hash) ?? live.compiled(rules),
      ordinal,
      nowMs: this.#context.nowMs,
    });
  }

  /** Compiled once for all backlogs of a directive that began with them. */
  #rules(live: LiveDirective, hash: string): CompiledRules | undefined {
    const key = `${live.header.directiveId} ${hash}`;
    if (!this.#compiled.has(key)) {
      const rules = this.#context.rules.get(hash);
      this.#compiled.set(key, rules === undefined ? undefined : live.compiled(rules));
    }
    return this.#compiled.get(key);
  }

  #change(backlog: Backlog, change: Exclude<StateChange, { 1: "c" | "i" | "x" }>): void {
    switch (change[1]) {
      case "e":
        this.#record(backlog, change);
        return;
      case "s": {
        const state = backlog.state(change[2]);
        state.stickyValues = fewWith(state.stickyValues, change[3]);
        return;
      }
      case "f": {
        const [, , stage, endTime, risk, riskClass] = change;
        const state = backlog.state(stage);
        state.status = "finished";
        state.endTime = endTime;
        backlog.risk = risk;
        backlog.riskClass = riskClass;
        if (stage === backlog.rules.length) return;
        backlog.stage = stage + 1;
        backlog.state(stage + 1).startTime = endTime;
        return;
      }
      case "t":
        backlog.createdTime = change[2];
        return;
      case "h":
        backlog.hits ??= { backlog: backlog.ordinal, intel: [], vulnerabilities: [] };
        backlog.hits.intel.push(...change[2]);
        backlog.hits.vulnerabilities.push(...change[3]);
        return;
      default:
        assertNever(change, "change of a backlog");
    }
  }

  #record(backlog: Backlog, change: Extract<StateChange, { 1: "e" }>): void {
    const event: RecordedEvent = {
      event_id: change[3],
      src_ip: change[4],
      dst_ip: change[5],
      src_port: change[6],
      dst_port: change[7],
      protocol: change[8],
      custom_data1: change[9],
      custom_data2: change[10],
      custom_data3: change[11],
      custom_label1: change[12],
      custom_label2: change[13],
      custom_label3: change[14],
      seconds: change[15],
    };
    const { facts } = this.#context;
    backlog.record(change[2], { event, source: facts(event.src_ip), destination: facts(event.dst_ip) }, change[16]);
  }
}
