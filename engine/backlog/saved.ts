import { quoted } from "../base/expected.ts";
import { canonicalAddress } from "../base/ip.ts";
import type { Rule } from "../contract/directive.ts";
import type { SavedBacklog, SavedRule } from "../contract/saved-backlog.ts";
import type { CompiledRules } from "../directive/compile.ts";
import { ruleFrom } from "../directive/rule-from.ts";
import { Backlog, type BacklogHeader, type StageState } from "./backlog.ts";
import { type Few, fewOf, fewValues } from "./few.ts";
import { eachPair, type Pairs, pairsWith } from "./pairs.ts";
import { inFileOrder, renderRule } from "./rendering.ts";
import { titleFits } from "./title.ts";

/** The backlog as `logs/backlogs/{directive_id}.json` holds it: Dsiem-rs's form, and each stage's first event. */
export function saveBacklog(backlog: Backlog): SavedBacklog {
  const { header } = backlog;
  const customData = [...eachPair(backlog.customData)].map(([label, content]) => ({ label, content }));
  return {
    alarm_id: backlog.id,
    title: backlog.title,
    status: header.status,
    tag: header.tag,
    kingdom: header.kingdom,
    category: header.category,
    created_time: backlog.createdTime,
    update_time: backlog.updateTime,
    risk: backlog.risk,
    risk_class: backlog.riskClass,
    rules: inFileOrder(backlog).map((rule) => saveRule(rule, backlog.state(rule.stage))),
    src_ips: fewValues(backlog.sources),
    dst_ips: fewValues(backlog.destinations),
    networks: fewValues(backlog.networks),
    ...(backlog.hits !== undefined && backlog.hits.intel.length > 0 && { intel_hits: [...backlog.hits.intel] }),
    ...(backlog.hits !== undefined &&
      backlog.hits.vulnerabilities.length > 0 && { vulnerabilities: [...backlog.hits.vulnerabilities] }),
    ...(customData.length > 0 && { custom_data: customData }),
    saved_src_socketaddr: socketTexts(backlog.sourceSockets),
    saved_dst_socketaddr: socketTexts(backlog.destinationSockets),
  };
}

function saveRule(rule: CompiledRules[number], state: StageState): SavedRule {
  const sticky = fewValues(state.stickyValues);
  return {
    ...renderRule(rule, state),
    ...(sticky.length > 0 && {
      saved_sticky_diffdata: {
        sdiff_string: sticky.filter((value) => typeof value === "string"),
        sdiff_int: sticky.filter((value) => typeof value === "number"),
      },
    }),
    ...(state.eventIds !== undefined && { saved_event_ids: fewValues(state.eventIds) }),
    ...(state.first !== undefined && { saved_first_event: state.first }),
  };
}

export interface RestoreContext {
  /** Status, tag, kingdom, category, priority and "all rules always active" are today's (engine.md §9). */
  header: BacklogHeader;
  /** Of the directive, to tell whether the saved backlog is one of its own. */
  name: string;
  /** Compiles the backlog's rules, or finds the same rules compiled already. */
  compile: (rules: readonly Rule[]) => CompiledRules;
  ordinal: number;
  nowMs: number;
}

/** Why a saved backlog can't be used, in words; thrown and caught in this file. */
class Unusable extends Error {}

/**
 * A live backlog from its saved form, or the reason why it can't be one. The file may come from Dsiem-rs, another
 * version or anybody's editor: what is taken over is what an engine can have written.
 */
export function restoreBacklog(saved: SavedBacklog, context: RestoreContext): Backlog | string {
  try {
    return restored(saved, context);
  } catch (error) {
    if (error instanceof Unusable) return error.message;
    throw error;
  }
}

function restored(saved: SavedBacklog, context: RestoreContext): Backlog {
  const { directiveId } = context.header;
  if (!titleFits(saved.title, context.name)) {
    throw new Unusable(
      `its title ${quoted(saved.title)} isn't the name of directive ${directiveId}, "${context.name}"`,
    );
  }
  const current = saved.rules
    .filter((rule) => (rule.status ?? "") === "")
    .reduce(lowestStage, Number.POSITIVE_INFINITY);
  if (current === Number.POSITIVE_INFINITY) throw new Unusable("none of its stages is unfinished");
  for (const field of ["risk", "created_time", "update_time"] as const) wholeNumber(saved[field], field);
  const sources = addresses(saved.src_ips, "src_ips");
  const destinations = addresses(saved.dst_ips, "dst_ips");
  const rules = context.compile(validRules(saved));
  const backlog = new Backlog(saved.alarm_id, context.ordinal, context.header, rules, saved.title, context.nowMs);
  backlog.stage = current;
  for (const rule of saved.rules) restoreStage(backlog.state(rule.stage), rule);
  backlog.createdTime = saved.created_time;
  backlog.updateTime = saved.update_time;
  backlog.risk = saved.risk;
  backlog.riskClass = saved.risk_class;
  backlog.sources = sources;
  backlog.destinations = destinations;
  backlog.networks = fewOf(saved.networks);
  backlog.sourceSockets = sockets(saved.saved_src_socketaddr, "saved_src_socketaddr");
  backlog.destinationSockets = sockets(saved.saved_dst_socketaddr, "saved_dst_socketaddr");
  for (const { label, content } of saved.custom_data ?? []) {
    backlog.customData = pairsWith(backlog.customData, label, content);
  }
  if (saved.intel_hits !== undefined || saved.vulnerabilities !== undefined) {
    backlog.hits = {
      backlog: backlog.ordinal,
      intel: [...(saved.intel_hits ?? [])],
      vulnerabilities: [...(saved.vulnerabilities ?? [])],
    };
  }
  return backlog;
}

function lowestStage(lowest: number, { stage }: SavedRule): number {
  return Math.min(lowest, stage);
}

/** The saved rules, held to the standard of a directive's. */
function validRules(saved: SavedBacklog): Rule[] {
  const count = saved.rules.length;
  const stages = new Set(saved.rules.map((rule) => rule.stage));
  if (
    stages.size !== count ||
    !saved.rules.every(({ stage }) => Number.isInteger(stage) && stage > 0 && stage <= count)
  ) {
    throw new Unusable("its stages aren't numbered from 1 without a gap");
  }
  return saved.rules.map((each) => {
    const rule = ruleFrom(each, count);
    if (typeof rule === "string") throw new Unusable(`its rule of stage ${each.stage} can't be used: ${rule}`);
    return rule;
  });
}

function restoreStage(state: StageState, saved: SavedRule): void {
  const place = `of stage ${saved.stage}`;
  state.startTime = wholeNumber(saved.start_time ?? 0, `start_time ${place}`);
  state.endTime = wholeNumber(saved.end_time ?? 0, `end_time ${place}`);
  state.status = saved.status ?? "";
  state.eventIds = fewOf(saved.saved_event_ids ?? []);
  const { sdiff_string: texts = [], sdiff_int: numbers = [] } = saved.saved_sticky_diffdata ?? {};
  const isAddress = saved.sticky_different === "SRC_IP" || saved.sticky_different === "DST_IP";
  state.stickyValues = fewOf<string | number>([
    ...(isAddress ? fewValues(addresses(texts, `sticky values ${place}`)) : texts),
    ...numbers,
  ]);
  const first = saved.saved_first_event;
  if (first === undefined) return;
  const field = `saved_first_event ${place}`;
  state.first = { ...first, src_ip: address(first.src_ip, field), dst_ip: address(first.dst_ip, field) };
}

function wholeNumber(value: number, field: string): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new Unusable(`its ${field} is ${value}, not a whole number`);
  return value;
}

/** In our own spelling, by which addresses are compared. */
function address(text: string, field: string): string {
  const canonical = canonicalAddress(text);
  if (canonical === undefined) throw new Unusable(`its ${field} holds ${quoted(text)}, which is no address`);
  return canonical;
}

function addresses(texts: readonly string[], field: string): Few<string> {
  return fewOf(texts.map((text) => address(text, field)));
}

function sockets(texts: readonly string[] = [], field: string): Pairs<number> {
  let all: Pairs<number>;
  for (const text of texts) {
    const socket = readSocket(text);
    if (socket === undefined) throw new Unusable(`its ${field} holds ${quoted(text)}, which is no address and port`);
    all = pairsWith(all, address(socket.ip, field), socket.port);
  }
  return all;
}

function socketTexts(pairs: Pairs<number>): string[] {
  return [...eachPair(pairs)].map(([ip, port]) => socketText(ip, port));
}

/** `ip:port`, and `[v6]:port` (compat.md §2). */
function socketText(ip: string, port: number): string {
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** The opposite of `socketText`; `undefined` for text that a saved file can't have got from an engine. */
function readSocket(text: string): { ip: string; port: number } | undefined {
  const colon = text.lastIndexOf(":");
  const digits = text.slice(colon + 1);
  const port = Number(digits);
  if (colon < 1 || !/^\d{1,5}$/.test(digits) || port > 65535) return undefined;
  const ip = text.slice(0, colon);
  return { ip: ip.startsWith("[") && ip.endsWith("]") ? ip.slice(1, -1) : ip, port };
}
