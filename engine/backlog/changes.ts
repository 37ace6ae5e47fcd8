import { jsonInner } from "../base/json-literal.ts";
import type { Hit } from "../contract/alarm.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import type { SavedBacklog } from "../contract/saved-backlog.ts";
import type { CompiledRules } from "../directive/compile.ts";
import type { Backlog } from "./backlog.ts";
import { inFileOrder } from "./rendering.ts";

/** Takes what the changes are kept in; all of it belongs to the next commit. */
export interface ChangeLog {
  /** A line as contract/state-change.ts describes it, without a line end. */
  change(line: string): void;
  /** From now on lines with this ordinal matter. */
  began(ordinal: number): void;
  /** From now on no line with this ordinal matters. */
  ended(ordinal: number): void;
  /** Rules that lines refer to by their hash; the same ones may come again. */
  rules(hash: string, text: string): void;
}

/**
 * Writes down what happens to live backlogs, one line for each change: what a commit costs follows what changed, not
 * what lives (reliability.md §2). `rebuild.ts` reads the lines back.
 */
export class ChangeWriter {
  readonly #log: ChangeLog;
  readonly #hashOf: (text: string) => string;
  /** By the rules' identity: a directive's backlogs share them. */
  readonly #hashes = new WeakMap<CompiledRules, string>();

  /** `hashOf` names a set of rules by its text. */
  constructor(log: ChangeLog, hashOf: (text: string) => string) {
    this.#log = log;
    this.#hashOf = hashOf;
  }

  created(backlog: Backlog): void {
    const { header, id, ordinal, title } = backlog;
    this.#log.began(ordinal);
    const begun = `"${jsonInner(id)}","${jsonInner(title)}","${jsonInner(this.#rulesHash(backlog))}",${backlog.state(1).startTime}`;
    this.#log.change(`[${ordinal},"c",${header.directiveId},${begun}]`);
  }

  imported(backlog: Backlog, saved: SavedBacklog): void {
    const { header, ordinal } = backlog;
    this.#log.began(ordinal);
    const hash = jsonInner(this.#rulesHash(backlog));
    this.#log.change(`[${ordinal},"i",${header.directiveId},"${hash}",${JSON.stringify(saved)}]`);
  }

  recorded(backlog: Backlog, stage: number, event: NormalizedEvent): void {
    const known = backlog.knownCustomData;
    const data1 = (known & 1) !== 0 ? "" : jsonInner(event.custom_data1);
    const data2 = (known & 2) !== 0 ? "" : jsonInner(event.custom_data2);
    const data3 = (known & 4) !== 0 ? "" : jsonInner(event.custom_data3);
    // Few pieces, because those are what a text made by `+` costs.
    const ends = `"${event.src_ip}","${event.dst_ip}",${event.src_port},${event.dst_port},"${jsonInner(event.protocol)}","`;
    const labels = `","${jsonInner(event.custom_label1)}","${jsonInner(event.custom_label2)}","${jsonInner(event.custom_label3)}",`;
    this.#log.change(
      `[${backlog.ordinal},"e",${stage},"${jsonInner(event.event_id)}",${ends}${data1}","${data2}","${data3}${labels}${event.seconds},${backlog.updateTime}]`,
    );
  }

  stickySeen(backlog: Backlog, stage: number, value: string | number): void {
    this.#log.change(
      `[${backlog.ordinal},"s",${stage},${typeof value === "number" ? value : `"${jsonInner(value)}"`}]`,
    );
  }

  stageFinished(backlog: Backlog, stage: number): void {
    const { ordinal, risk, riskClass } = backlog;
    this.#log.change(`[${ordinal},"f",${stage},${backlog.state(stage).endTime},${risk},"${jsonInner(riskClass)}"]`);
  }

  alarmBegan(backlog: Backlog): void {
    this.#log.change(`[${backlog.ordinal},"t",${backlog.createdTime}]`);
  }

  /** Look-ups found something new for the alarm of this backlog. */
  found(ordinal: number, intel: readonly Hit[], vulnerabilities: readonly Hit[]): void {
    this.#log.change(`[${ordinal},"h",${JSON.stringify(intel)},${JSON.stringify(vulnerabilities)}]`);
  }

  removed(ordinal: number): void {
    this.#log.change(`[${ordinal},"x"]`);
    this.#log.ended(ordinal);
  }

  #rulesHash(backlog: Backlog): string {
    const { rules } = backlog;
    const known = this.#hashes.get(rules);
    if (known !== undefined) return known;
    const text = JSON.stringify(inFileOrder(backlog).map((each) => each.rule));
    const hash = this.#hashOf(text);
    this.#hashes.set(rules, hash);
    this.#log.rules(hash, text);
    return hash;
  }
}
