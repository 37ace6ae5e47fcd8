import {
  type LiveDelta,
  type LiveServerMessage,
  type LiveSnapshot,
  type LiveTopicName,
  MAX_LIVE_MESSAGE_BYTES,
} from "../../contract/console/live.ts";

/**
 * What is left of a topic's messages when its lists are taken out: the first part has them whole, what doesn't fit goes
 * on in deltas that begin with `more`. Topics that aren't here say one state, which is shortened instead.
 */
const DIVISIBLE: { readonly [T in LiveTopicName]?: { lists: readonly string[]; more: Partial<LiveDelta<T>> } } = {
  alarms: { lists: ["rows", "gone"], more: { rows: [], gone: [] } },
  backlogs: { lists: ["rows", "gone"], more: { rows: [], gone: [] } },
  events: { lists: ["events", "verdicts"], more: { events: [], verdicts: [], notShown: 0 } },
  log: { lists: ["lines"], more: { lines: [], notShown: 0 } },
};

/** Texts within a single entry that is too large are cut to this many characters. */
const CUT_TEXT = 2000;
const ROOM_FOR_FRAME = 200;

type Data = Readonly<Record<string, unknown>>;

/**
 * The messages, as JSON, that together say `data`: one, unless it is larger than a message may be.
 * @param nextSeq gives each its number
 */
export function liveMessages<T extends LiveTopicName>(
  topic: T,
  id: number,
  type: "snapshot" | "delta",
  data: LiveSnapshot<T> | LiveDelta<T>,
  nextSeq: () => number,
): string[] {
  const limit = MAX_LIVE_MESSAGE_BYTES - ROOM_FOR_FRAME;
  return partsOf(topic, data, limit).map((text, i) => {
    const head = `{"type":"${i === 0 ? type : "delta"}","id":${id},"seq":${nextSeq()},"data":`;
    return `${head}${text}}`;
  });
}

export function controlMessage(message: LiveServerMessage): string {
  return JSON.stringify(message);
}

function partsOf(topic: LiveTopicName, data: Data, limit: number): string[] {
  const text = JSON.stringify(data);
  if (Buffer.byteLength(text) <= limit) return [text];
  const rule = DIVISIBLE[topic];
  const largest = rule?.lists.map((name) => listOf(data, name)).reduce((a, b) => (b.length > a.length ? b : a), []);
  if (rule === undefined || largest === undefined || largest.length <= 1) return [JSON.stringify(shortened(data))];
  const first: Record<string, unknown> = { ...data };
  const rest: Record<string, unknown> = { ...data, ...rule.more };
  for (const name of rule.lists) {
    if (!(name in data)) continue;
    const list = listOf(data, name);
    const middle = Math.ceil(list.length / 2);
    first[name] = list.slice(0, middle);
    rest[name] = list.slice(middle);
  }
  return [...partsOf(topic, first, limit), ...partsOf(topic, rest, limit)];
}

function listOf(data: Data, name: string): readonly unknown[] {
  const list = data[name];
  return Array.isArray(list) ? list : [];
}

/** One entry that alone is too large: its long texts and lists end early. */
function shortened(value: unknown): unknown {
  if (typeof value === "string") return value.length > CUT_TEXT ? `${value.slice(0, CUT_TEXT)}…` : value;
  if (Array.isArray(value)) return value.slice(0, 100).map(shortened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shortened(inner)]));
}
