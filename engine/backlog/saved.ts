import type { Rule } from "../contract/directive.ts";
import type { SavedBacklog, SavedRule } from "../contract/saved-backlog.ts";
import { type CompiledRules, compileRules } from "../directive/compile.ts";
import { ruleFrom } from "../directive/rule-from.ts";
import { Backlog, type BacklogHeader, customDataKey, readCustomDataKey, type StageState } from "./backlog.ts";
import { fewOf, fewValues } from "./few.ts";
import { inFileOrder, renderRule } from "./rendering.ts";
import { titleFits } from "./title.ts";

/** The backlog as `logs/backlogs/{directive_id}.json` holds it: Dsiem-rs's form, and each stage's first event. */
export function saveBacklog(backlog: Backlog): SavedBacklog {
  const { header } = backlog;
  const customData = fewValues(backlog.customData).map(readCustomDataKey);
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
    saved_src_socketaddr: fewValues(backlog.sourceSockets),
    saved_dst_socketaddr: fewValues(backlog.destinationSockets),
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
  ownRules: CompiledRules;
  ordinal: number;
  nowMs: number;
}

/** A live backlog from its saved form, or the reason why it can't be one. */
export function restoreBacklog(saved: SavedBacklog, context: RestoreContext): Backlog | string {
  if (!titleFits(saved.title, context.name)) {
    return `its title "${saved.title}" isn't the name of directive ${context.header.directiveId}, "${context.name}"`;
  }
  const unfinished = saved.rules.filter((rule) => (rule.status ?? "") === "").map((rule) => rule.stage);
  if (unfinished.length === 0) return "none of its stages is unfinished";
  const rules = rulesOf(saved, context.ownRules);
  if (typeof rules === "string") return rules;
  const backlog = new Backlog(saved.alarm_id, context.ordinal, context.header, rules, saved.title, context.nowMs);
  backlog.stage = Math.min(...unfinished);
  for (const rule of saved.rules) restoreStage(backlog.state(rule.stage), rule);
  backlog.createdTime = saved.created_time;
  backlog.updateTime = saved.update_time;
  backlog.risk = saved.risk;
  backlog.riskClass = saved.risk_class;
  backlog.sources = fewOf(saved.src_ips);
  backlog.destinations = fewOf(saved.dst_ips);
  backlog.networks = fewOf(saved.networks);
  backlog.sourceSockets = fewOf(saved.saved_src_socketaddr ?? []);
  backlog.destinationSockets = fewOf(saved.saved_dst_socketaddr ?? []);
  backlog.customData = fewOf((saved.custom_data ?? []).map(({ label, content }) => customDataKey(label, content)));
  if (saved.intel_hits !== undefined || saved.vulnerabilities !== undefined) {
    backlog.hits = { intel: [...(saved.intel_hits ?? [])], vulnerabilities: [...(saved.vulnerabilities ?? [])] };
  }
  return backlog;
}

/** The saved rules, compiled; the directive's own when they are still the same, so that both share one index. */
function rulesOf(saved: SavedBacklog, own: CompiledRules): CompiledRules | string {
  const rules: Rule[] = [];
  for (const each of saved.rules) {
    const rule = ruleFrom(each, saved.rules.length);
    if (typeof rule === "string") return `its rule of stage ${each.stage} can't be used: ${rule}`;
    rules.push(rule);
  }
  const stages = new Set(rules.map((rule) => rule.stage));
  if (stages.size !== rules.length || Math.max(...stages) !== rules.length || stages.has(0)) {
    return "its stages aren't numbered from 1 without a gap";
  }
  const same =
    JSON.stringify(rules) === JSON.stringify([...own].sort((a, b) => a.position - b.position).map((each) => each.rule));
  return same ? own : compileRules(rules);
}

function restoreStage(state: StageState, saved: SavedRule): void {
  state.startTime = saved.start_time ?? 0;
  state.endTime = saved.end_time ?? 0;
  state.status = saved.status ?? "";
  state.eventIds = fewOf(saved.saved_event_ids ?? []);
  const sticky = saved.saved_sticky_diffdata;
  state.stickyValues = fewOf<string | number>([...(sticky?.sdiff_string ?? []), ...(sticky?.sdiff_int ?? [])]);
  state.first = saved.saved_first_event;
}
