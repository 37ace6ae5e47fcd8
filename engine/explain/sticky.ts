import { Backlog } from "../backlog/backlog.ts";
import { fewSize } from "../backlog/few.ts";
import { assertNever } from "../base/assert.ts";
import type { StickyField } from "../contract/directive.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import type { CompiledRule } from "../directive/compile.ts";
import { stickyValue } from "../match/checks.ts";
import { cut, valueText } from "./texts.ts";
import { countedAt, type View } from "./viewed.ts";

/** "stage 2 counts each user once, and svc_backup was already counted" */
export function stickyReason(rule: CompiledRule, event: NormalizedEvent, view: View): string {
  const value = stickyValue(rule, event);
  if (value === undefined || rule.sticky === "") {
    throw new Error("broken invariant: a rule without sticky_different has no sticky value");
  }
  // The value of an event that came out of order is seen, and isn't counted.
  const seen = view instanceof Backlog ? fewSize(view.state(rule.stage).stickyValues) : 0;
  const word = seen <= countedAt(view, rule.stage) ? "counted" : "seen";
  return `stage ${rule.stage} counts each ${fieldNoun(rule.sticky, event)} once, and ${valueText(value)} was already ${word}`;
}

/** What the field holds, in words: the label that the event gives its custom data, where it gives one. */
function fieldNoun(field: StickyField, event: NormalizedEvent): string {
  switch (field) {
    case "SRC_IP":
      return "source";
    case "DST_IP":
      return "target";
    case "SRC_PORT":
      return "source port";
    case "DST_PORT":
      return "target port";
    case "PLUGIN_SID":
      return "sid";
    case "CUSTOM_DATA1":
      return labelOr(event.custom_label1, "custom_data1");
    case "CUSTOM_DATA2":
      return labelOr(event.custom_label2, "custom_data2");
    case "CUSTOM_DATA3":
      return labelOr(event.custom_label3, "custom_data3");
    default:
      return assertNever(field, "sticky field");
  }
}

function labelOr(label: string, otherwise: string): string {
  return label === "" ? otherwise : cut(label);
}
