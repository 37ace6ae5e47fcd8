import { quoted } from "../base/expected.ts";
import { type Cidr, parseCidr } from "../base/ip.ts";

/** Why a text is no condition, in words that fit behind the name of its field. */
export interface ConditionFault {
  error: string;
}

/** "Equal to that field of the first event of `stage`" (engine.md §7.5). */
interface ReferenceCondition {
  readonly kind: "reference";
  readonly stage: number;
}

interface AddressItem {
  readonly negated: boolean;
  readonly cidr: Cidr;
}

/** `from` and `to`. Items are in the order of the text, which decides (engine.md §7.3). */
export type AddressCondition =
  | { readonly kind: "any" }
  | { readonly kind: "home" }
  | { readonly kind: "not-home" }
  | ReferenceCondition
  | { readonly kind: "list"; readonly items: readonly AddressItem[] };

interface PortItem {
  readonly negated: boolean;
  /** 1 to 65535. */
  readonly port: number;
}

/** `port_from` and `port_to` (engine.md §7.4). */
export type PortCondition =
  | { readonly kind: "any" }
  | ReferenceCondition
  | { readonly kind: "list"; readonly items: readonly PortItem[] };

/** `protocol`: compared case-sensitively (engine.md §7.1). */
export type ProtocolCondition =
  | { readonly kind: "any" }
  | ReferenceCondition
  | { readonly kind: "equals"; readonly text: string };

interface TextItem {
  readonly negated: boolean;
  readonly text: string;
}

/** `custom_data1` to `3` (engine.md §7.6): lists are compared case-sensitively, a single text (here in lower case) isn't. */
export type CustomCondition =
  | { readonly kind: "any" }
  | ReferenceCondition
  | { readonly kind: "list"; readonly items: readonly TextItem[] }
  | { readonly kind: "equals-ignoring-case"; readonly negated: boolean; readonly text: string };

// Most conditions of most rules are one of these, and with 20,000 directives loaded each saved object counts.
const ANY = Object.freeze({ kind: "any" });
const HOME = Object.freeze({ kind: "home" });
const NOT_HOME = Object.freeze({ kind: "not-home" });

/** Reads `from` or `to`: ANY, HOME_NET, !HOME_NET, a reference, or a comma list (engine.md §6). */
export function parseAddressCondition(text: string): AddressCondition | ConditionFault {
  if (text === "ANY") return ANY;
  if (text === "HOME_NET") return HOME;
  if (text === "!HOME_NET") return NOT_HOME;
  if (text === "")
    return { error: "is empty; expected ANY, HOME_NET, !HOME_NET, a reference such as :1, or addresses and networks" };
  // A leading `::` is an IPv6 address (MUST DIFFER: Dsiem-rs takes ::1 for a bad reference).
  if (text.startsWith(":") && !text.startsWith("::")) return parseReference(text);
  const items: AddressItem[] = [];
  for (const { negated, text: item } of listItems(text)) {
    const cidr = parseCidr(item);
    if ("error" in cidr) return { error: addressFault(text, item, cidr.error) };
    items.push({ negated, cidr });
  }
  return { kind: "list", items };
}

/** Reads `port_from` or `port_to`: ANY, a reference, or a comma list of ports (engine.md §6). */
export function parsePortCondition(text: string): PortCondition | ConditionFault {
  if (text === "ANY") return ANY;
  if (text === "") return { error: "is empty; expected ANY, a reference such as :1, or ports from 1 to 65535" };
  if (text.startsWith(":")) return parseReference(text);
  const items: PortItem[] = [];
  for (const { negated, text: item } of listItems(text)) {
    const port = parsePort(item);
    if (port === undefined) return { error: portFault(text, item) };
    items.push({ negated, port });
  }
  return { kind: "list", items };
}

/** Reads `protocol`: a colon and digits is a reference, and any other text means itself (engine.md §6). */
export function parseProtocolCondition(text: string): ProtocolCondition | ConditionFault {
  if (text === "" || text === "ANY") return ANY;
  return looksLikeReference(text) ? parseReference(text) : { kind: "equals", text };
}

/** Reads one of `custom_data1` to `3`; a colon and digits is a reference, and any other text means itself. */
export function parseCustomCondition(text: string): CustomCondition | ConditionFault {
  if (text === "" || text === "ANY") return ANY;
  if (looksLikeReference(text)) return parseReference(text);
  if (text.includes(",")) return { kind: "list", items: listItems(text) };
  const negated = text.startsWith("!");
  return { kind: "equals-ignoring-case", negated, text: (negated ? text.slice(1) : text).toLowerCase() };
}

/** The items of a comma list, trimmed, each with its leading `!` taken off and noted. */
function listItems(text: string): TextItem[] {
  return text.split(",").map((each) => {
    const item = each.trim();
    return item.startsWith("!") ? { negated: true, text: item.slice(1).trim() } : { negated: false, text: item };
  });
}

function looksLikeReference(text: string): boolean {
  if (text.length < 2 || text.charCodeAt(0) !== 0x3a) return false;
  return allDigits(text, 1);
}

/** `:n` with n from 1, written without leading zeros; whether there is such a stage is the directive's affair. */
function parseReference(text: string): ReferenceCondition | ConditionFault {
  const wanted = "a reference is a colon and the number of an earlier stage, such as :1";
  if (text.includes(",")) return { error: `${quoted(text)} is no list: ${wanted}, and stands alone` };
  if (!looksLikeReference(text)) return { error: `${quoted(text)} is no reference: ${wanted}` };
  if (text.charCodeAt(1) === 0x30) {
    const why = text === ":0" ? "stages are counted from 1" : "it must not start with a zero";
    return { error: `${quoted(text)} is no reference: ${why}` };
  }
  return { kind: "reference", stage: Number(text.slice(1)) };
}

/** Decimal, without sign or leading zeros: what an event's port looks like when it is written out (engine.md §7.4). */
function parsePort(text: string): number | undefined {
  if (text.length === 0 || text.length > 5 || !allDigits(text, 0) || text.charCodeAt(0) === 0x30) return undefined;
  const port = Number(text);
  return port <= 65535 ? port : undefined;
}

function allDigits(text: string, from: number): boolean {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return false;
  }
  return text.length > from;
}

function addressFault(text: string, item: string, reason: string): string {
  const special = specialWordFault(text, item, ["ANY", "HOME_NET", "!HOME_NET"]);
  return special ?? `${reason}; expected ANY, HOME_NET, !HOME_NET, a reference such as :1, or addresses and networks`;
}

function portFault(text: string, item: string): string {
  const special = specialWordFault(text, item, ["ANY"]);
  return special ?? `${quoted(item)} is no port; expected ANY, a reference such as :1, or ports from 1 to 65535`;
}

/** The faults that have a better explanation than "this is no address". */
function specialWordFault(text: string, item: string, words: readonly string[]): string | undefined {
  if (item === "") return `${quoted(text)} has an empty entry; take out the comma or "!" that is too many`;
  const isList = text.includes(",");
  if (item.startsWith(":")) return `${quoted(item)} can't stand in a list or behind "!": a reference stands alone`;
  const word = words.find((each) => each.replace("!", "") === item.toUpperCase());
  if (word === undefined) return undefined;
  if (isList) return `${word} can't stand in a list; it stands alone`;
  if (text.startsWith("!") && word === "ANY") return "!ANY would match nothing; write what is to match";
  return `${quoted(text)} isn't known; write ${words.join(", ")} in capitals and without blanks`;
}
