import type { BacklogDetail, BacklogSummary, Binding, StageView } from "../contract/live-backlog.ts";
import { type CompiledRule, RULE_FIELD } from "../directive/compile.ts";
import { riskOf } from "../match/risk.ts";
import type { Backlog } from "./backlog.ts";
import { deadlineOf } from "./expiry.ts";
import { type Few, fewFirst, fewSize } from "./few.ts";
import { firstPairs, pairsSize } from "./pairs.ts";
import { renderBoundRule } from "./rendering.ts";

/** Values of a list that a detail shows. */
const SHOWN_VALUES = 200;
/** Characters of a text in a summary: a line of a list shows no more, and a page has to fit a message. */
const SUMMARY_TEXT = 256;
/**
 * With more addresses than these a backlog's asset value isn't worked out: each has to be looked up in the inventory,
 * and correlation waits meanwhile.
 */
const MAX_VALUED_ADDRESSES = 2_000;

/** What a summary costs, in addresses looked up: a page of them is ended by it. */
export function summaryCost(backlog: Backlog): number {
  const addresses = fewSize(backlog.sources) + fewSize(backlog.destinations);
  return addresses > MAX_VALUED_ADDRESSES ? 1 : addresses;
}

/** A line of a list of live backlogs. */
export function summaryOf(backlog: Backlog): BacklogSummary {
  const { stage, sources, destinations } = backlog;
  const { rule } = backlog.rule(stage);
  const assetValue = assetValueOf(backlog);
  return {
    id: backlog.id,
    directiveId: backlog.header.directiveId,
    title: beginning(backlog.title),
    stage,
    stages: backlog.rules.length,
    rule: beginning(rule.name),
    count: fewSize(backlog.state(stage).eventIds),
    occurrence: rule.occurrence,
    events: backlog.rules.reduce((sum, each) => sum + fewSize(backlog.state(each.stage).eventIds), 0),
    risk: backlog.risk,
    ...(assetValue !== undefined && { nextRisk: riskOf(backlog.priority, rule.reliability, assetValue) }),
    startTime: backlog.state(1).startTime,
    createdTime: backlog.createdTime,
    updateTime: backlog.updateTime,
    deadline: deadlineOf(backlog),
    timeout: rule.timeout,
    source: fewFirst(sources, 1)[0] ?? "",
    sources: fewSize(sources),
    destination: fewFirst(destinations, 1)[0] ?? "",
    destinations: fewSize(destinations),
  };
}

/** Everything about one live backlog: its stages, what they have seen, and what would take it further. */
export function detailOf(backlog: Backlog): BacklogDetail {
  const { header, stage } = backlog;
  const current = backlog.rule(stage);
  const summary = summaryOf(backlog);
  const assetValue = assetValueOf(backlog);
  const reliability = reliabilityOfLastFinished(backlog);
  const notBefore = backlog.latestEndBefore(stage);
  return {
    ...summary,
    title: backlog.title,
    rule: current.rule.name,
    kingdom: header.kingdom,
    category: header.category,
    status: header.status,
    tag: header.tag,
    riskClass: backlog.riskClass,
    allRulesAlwaysActive: header.alwaysActive,
    factors: {
      priority: backlog.priority,
      ...(assetValue !== undefined && { assetValue }),
      ...(reliability !== undefined && { reliability }),
      nextReliability: current.rule.reliability,
    },
    stageViews: backlog.rules.map((rule) => stageViewOf(backlog, rule)),
    advance: {
      stage,
      missing: Math.max(0, summary.occurrence - summary.count),
      completes: stage === backlog.rules.length,
      rule: renderBoundRule(current, backlog),
      unbound: bindingsOf(backlog, current).filter((binding) => binding.value === undefined),
      ...(notBefore > 0 && { notBefore }),
    },
    sourceAddresses: shown(backlog.sources),
    destinationAddresses: shown(backlog.destinations),
    networks: shown(backlog.networks),
    customData: {
      values: firstPairs(backlog.customData, SHOWN_VALUES).map(([label, content]) => ({ label, content })),
      total: pairsSize(backlog.customData),
    },
  };
}

function stageViewOf(backlog: Backlog, rule: CompiledRule): StageView {
  const { stage } = rule;
  const state = backlog.state(stage);
  const unfinished = stage === backlog.stage ? "current" : "waiting";
  return {
    stage,
    state: state.status === "" ? unfinished : state.status,
    rule: renderBoundRule(rule, backlog),
    bindings: bindingsOf(backlog, rule),
    count: fewSize(state.eventIds),
    startTime: state.startTime,
    endTime: state.endTime,
    eventIds: shown(state.eventIds),
    stickyValues: shown(state.stickyValues),
  };
}

function bindingsOf(backlog: Backlog, { references }: CompiledRule): Binding[] {
  return references.map(({ field, stage }) => {
    const first = backlog.firstEvent(stage);
    return {
      field: RULE_FIELD[field],
      eventField: field,
      stage,
      ...(first !== undefined && { value: first[field], eventId: first.event_id }),
    };
  });
}

function assetValueOf(backlog: Backlog): number | undefined {
  const addresses = fewSize(backlog.sources) + fewSize(backlog.destinations);
  return addresses > MAX_VALUED_ADDRESSES ? undefined : backlog.highestValue();
}

function reliabilityOfLastFinished(backlog: Backlog): number | undefined {
  for (let stage = backlog.stage; stage > 0; stage--) {
    if (backlog.state(stage).status === "finished") return backlog.rule(stage).rule.reliability;
  }
  return undefined;
}

function shown<T extends string | number>(few: Few<T>): { values: T[]; total: number } {
  return { values: fewFirst(few, SHOWN_VALUES), total: fewSize(few) };
}

function beginning(text: string): string {
  return text.length <= SUMMARY_TEXT ? text : `${text.slice(0, SUMMARY_TEXT).toWellFormed()}…`;
}
