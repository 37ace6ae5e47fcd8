import { assertNever } from "../base/assert.ts";
import type { EventInput } from "../contract/event.ts";
import { type AttemptVerdict, type Explanation, type OtherReason, otherReasonSchema } from "../contract/explain.ts";
import { counted, quote } from "./texts.ts";
import { consumes } from "./verdict.ts";

/** What an event is of. */
type Kind = Pick<EventInput, "plugin_id" | "product" | "category">;

/** Directives that aren't explained one by one, counted by the reason. */
export type OtherCounts = Record<OtherReason, number>;

export function noOthers(): OtherCounts {
  return { takes: 0, looks: 0, resembles: 0, ignores: 0 };
}

/** Of a directive of which this is what became of the event. */
export function reasonFor(verdict: AttemptVerdict, interested: boolean): OtherReason {
  if (!interested) return "resembles";
  return consumes(verdict) || verdict === "backlog begun" ? "takes" : "looks";
}

/** One sentence for each reason, for people. */
export function othersOf(event: Kind, counts: OtherCounts): Explanation["others"] {
  return otherReasonSchema.options.flatMap((why) => {
    const count = counts[why];
    return count === 0
      ? []
      : [{ why, count, sentence: `${counted(count, "more directive")} ${otherText(why, event, count === 1)}.` }];
  });
}

function otherText(why: OtherReason, event: Kind, one: boolean): string {
  const { plugin_id = 0, product = "", category = "" } = event;
  const kind = plugin_id !== 0 ? `plugin ${plugin_id}` : `product ${quote(product)} of category ${quote(category)}`;
  switch (why) {
    case "takes":
      return one ? "takes it, too" : "take it, too";
    case "looks":
      return one ? "looks for such events and doesn't take it" : "look for such events and don't take it";
    case "resembles":
      return `${one ? "looks" : "look"} for other events of its plugin, product or category`;
    case "ignores":
      return `never ${one ? "looks" : "look"} at ${kind}`;
    default:
      return assertNever(why, "reason");
  }
}
