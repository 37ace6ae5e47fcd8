import type { AlarmRule } from "../../engine/contract/alarm.ts";
import type { BacklogDetail, Binding } from "../../engine/contract/live-backlog.ts";

/** One thing that the next event must be like. */
export interface Want {
  label: string;
  value: string;
  /** The reference that the value was taken through, such as `:1`, and what it means. */
  reference: { text: string; meaning: string } | undefined;
  /** Anything will do. */
  open: boolean;
}

const STICKY_WORDS: Readonly<Record<string, string>> = {
  SRC_IP: "source address",
  DST_IP: "target address",
  SRC_PORT: "source port",
  DST_PORT: "target port",
  PLUGIN_SID: "sid",
  CUSTOM_DATA1: "custom data 1",
  CUSTOM_DATA2: "custom data 2",
  CUSTOM_DATA3: "custom data 3",
};

/** The name of the field that a stage's events must differ in; undefined when they needn't. */
export function stickyField(rule: AlarmRule): string | undefined {
  const field = rule.sticky_different;
  return field === undefined || field === "" ? undefined : (STICKY_WORDS[field] ?? field.toLowerCase());
}

/** What the next event must be like, as facts side by side; what needn't be anything is left out but for addresses. */
export function wantsOf(detail: BacklogDetail, timeText: (ms: number) => string): Want[] {
  const { rule, notBefore, stage } = detail.advance;
  const view = detail.stageViews.find((candidate) => candidate.stage === stage);
  const bindings = view?.bindings ?? [];
  const seen = view?.stickyValues.total ?? 0;
  const sticky = stickyField(rule);
  const wants: Want[] = [interestOf(rule)];
  for (const [label, field] of FIELDS) {
    const value = rule[field];
    const want = wantOf(
      label,
      value ?? "",
      bindings.find((binding) => binding.field === field),
    );
    if (!want.open || field === "from" || field === "to") wants.push(want);
  }
  if (sticky !== undefined && seen > 0) {
    wants.push({ label: capital(sticky), value: `not one of the ${seen} below`, reference: undefined, open: false });
  }
  if (notBefore !== undefined) {
    wants.push({ label: "Time", value: `${timeText(notBefore * 1000)} or later`, reference: undefined, open: false });
  }
  return wants;
}

const FIELDS = [
  ["From", "from"],
  ["To", "to"],
  ["Port from", "port_from"],
  ["Port to", "port_to"],
  ["Protocol", "protocol"],
  ["Custom data 1", "custom_data1"],
  ["Custom data 2", "custom_data2"],
  ["Custom data 3", "custom_data3"],
] as const satisfies readonly (readonly [string, keyof AlarmRule])[];

function interestOf(rule: AlarmRule): Want {
  if (rule.type === "PluginRule") {
    const sids = (rule.plugin_sid ?? []).join(", ");
    return { label: "Plugin, sid", value: `${rule.plugin_id} / ${sids || "any"}`, reference: undefined, open: false };
  }
  const parts = [(rule.product ?? []).join(", "), rule.category ?? "", (rule.subcategory ?? []).join(", ")];
  const value = parts.filter((part) => part !== "").join(" / ");
  return { label: "Taxonomy", value: value || "any", reference: undefined, open: value === "" };
}

function wantOf(label: string, value: string, binding: Binding | undefined): Want {
  if (binding !== undefined) {
    const text = `:${binding.stage}`;
    const meaning =
      binding.value === undefined
        ? `What the first event of stage ${binding.stage} has, which doesn't exist: no event can match`
        : `What the first event of stage ${binding.stage} has`;
    return { label, value: shownValue(value), reference: { text, meaning }, open: false };
  }
  const any = value === "" || value.toUpperCase() === "ANY";
  return { label, value: any ? "any" : shownValue(value), reference: undefined, open: any };
}

/** A leading `!` is said as a word. */
function shownValue(value: string): string {
  return value.startsWith("!") ? `not ${value.slice(1)}` : value;
}

/** What would take the backlog further, as one sentence. `riskText` puts a number into words, such as `7 High`. */
export function advanceSentence(detail: BacklogDetail, riskText: (risk: number) => string): string {
  const { missing, completes, stage, rule, unbound } = detail.advance;
  if (unbound.length > 0) {
    const stages = [...new Set(unbound.map((binding) => binding.stage))].join(" and ");
    return `Nothing can take it further: stage ${stage} refers to stage ${stages}, which has no event.`;
  }
  const sticky = stickyField(rule);
  const differ = sticky === undefined ? "" : `, ${missing === 1 ? "with" : "each with"} a ${sticky} not seen yet,`;
  const events = missing === 1 ? "One more event" : `${missing.toLocaleString("en")} more events`;
  const does = missing === 1 ? "finishes" : "finish";
  const end = completes ? `${does} stage ${stage}, the last` : `${does} stage ${stage} of ${detail.stages}`;
  return `${events} like this${differ} ${end}. ${riskSentence(detail, riskText)}`;
}

function riskSentence(detail: BacklogDetail, riskText: (risk: number) => string): string {
  const { risk, nextRisk } = detail;
  if (nextRisk === undefined) return "What risk that makes isn't worked out: it has seen too many addresses.";
  if (nextRisk === risk) return `The risk stays ${riskText(risk)}.`;
  if (nextRisk === 0) return "The risk is 0 then, so no alarm is written.";
  return `The risk goes from ${riskText(risk)} to ${riskText(nextRisk)}.`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
