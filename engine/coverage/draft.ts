import type { EventKind } from "../contract/console/coverage.ts";

/** What a draft is made of. */
export interface DraftParts {
  is: EventKind;
  /** Title of an event of this kind; empty when none is known. */
  title: string;
  id: number;
}

const LONGEST_TITLE = 120;
/** A draft that nobody has thought about yet shouldn't shout: with these an asset of value 5 gives risk 3. */
const PRIORITY = 3;
const RELIABILITY = { first: 1, second: 5 };
const OCCURRENCE = 10;
const TIMEOUT_SECONDS = 300;

/**
 * A directive to begin with, for a kind of event that no directive looks at: the first event opens a backlog, ten more
 * between the same two addresses within five minutes raise an alarm. Valid as it is (engine.md §6).
 */
export function draftDirective({ is, title, id }: DraftParts): string {
  const what = title.trim().slice(0, LONGEST_TITLE) || "Events that no directive looks at";
  const chosen =
    is.kind === "plugin"
      ? { type: "PluginRule", plugin_id: is.pluginId, plugin_sid: [is.pluginSid] }
      : {
          type: "TaxonomyRule",
          product: [is.product],
          category: is.category,
          ...(is.subcategory !== "" && { subcategory: [is.subcategory] }),
        };
  const rule = (name: string, stage: number, rest: object): object => {
    const { type, ...by } = chosen;
    return { name, type, stage, ...by, ...rest };
  };
  const directive = {
    id,
    name: `${what}, SRC_IP to DST_IP`,
    kingdom: "Suspicious activity",
    category: is.kind === "taxonomy" ? is.category : "Unclassified",
    priority: PRIORITY,
    rules: [
      rule(what, 1, {
        ...{ occurrence: 1, from: "ANY", to: "ANY", port_from: "ANY", port_to: "ANY", protocol: "ANY" },
        ...{ reliability: RELIABILITY.first, timeout: 0 },
      }),
      rule(`${what}, repeated`, 2, {
        ...{ occurrence: OCCURRENCE, from: ":1", to: ":1", port_from: "ANY", port_to: "ANY", protocol: "ANY" },
        ...{ reliability: RELIABILITY.second, timeout: TIMEOUT_SECONDS },
      }),
    ],
  };
  return printed(directive, "");
}

/** JSON as people lay out directive files: an entry a line, and lists of plain values in one line. */
function printed(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    if (!value.some((each) => typeof each === "object")) {
      return `[${value.map((each) => JSON.stringify(each)).join(", ")}]`;
    }
    return `[\n${value.map((each) => deeper + printed(each, deeper)).join(",\n")}\n${indent}]`;
  }
  const fields = Object.entries(value).map(
    ([key, each]) => `${deeper}${JSON.stringify(key)}: ${printed(each, deeper)}`,
  );
  return `{\n${fields.join(",\n")}\n${indent}}`;
}
