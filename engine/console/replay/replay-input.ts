import type { z } from "zod";
import type { Clock } from "../../base/clock.ts";
import { readRawEvent } from "../../base/raw-event.ts";
import { MAX_REPLAY_BYTES, type replayInputSchema } from "../../contract/console/replay.ts";
import type { EventSearchRequest, FoundEvents } from "../../query/event-search.ts";
import type { ConsoleStore } from "../../store/console/console-store.ts";
import type { ReaderCalls } from "../../store/console/reader-calls.ts";
import { ApiFault } from "../api-fault.ts";
import { eventFilter } from "../events/event-filter.ts";
import type { EventSource } from "../events/event-tail.ts";
import type { ReplaySession } from "./replay-session.ts";

type Input = z.output<typeof replayInputSchema>;
type AlarmEventsPage = NonNullable<ReturnType<ReaderCalls["events"]>>;
type Kind<K extends Input["kind"]> = Extract<Input, { kind: K }>;

/** Events of an alarm, and of the retained ones, that are read at once. */
const PAGE = 2_000;
/** Retained events that are replayed unless the request says how many, and at most. */
const DEFAULT_RETAINED = 10_000;
const MAX_RETAINED = 200_000;
/** Bytes of retained events, and of captured ones. */
const MAX_BYTES = 256 * 1024 * 1024;
/** What was captured is handed on this often, in milliseconds, and so many events are. */
const CAPTURE_MS = 250;
const MAX_CAPTURED = 100_000;

export interface ReplayInputParts {
  store: Pick<ConsoleStore, "read">;
  /** The retained events. */
  retained: {
    readonly boot: string;
    flush(): Promise<void>;
    find(request: Omit<EventSearchRequest, "verdicts">, signal: AbortSignal): Promise<FoundEvents>;
  };
  source: EventSource;
  clock: Clock;
}

/** Of a query, in a name. */
const NAME_CHARACTERS = 80;

/** What an input is called in the page's head. */
export function inputName(input: Input): string {
  switch (input.kind) {
    case "text":
      return input.name;
    case "alarm":
      return `alarm ${input.id}`;
    case "retained":
      return input.q === undefined || input.q === ""
        ? "retained events"
        : `events ${input.q.slice(0, NAME_CHARACTERS)}`;
    case "live":
      return "live capture";
  }
}

/** The directive that raised an alarm: what it is replayed with is that one's node. */
export async function alarmDirective(store: Pick<ConsoleStore, "read">, id: string): Promise<number | undefined> {
  const alarm = await store.read("detail", id);
  if (alarm === undefined) throw new ApiFault(404, "There is no such alarm (any more).");
  return alarm.directiveId;
}

/** Reads the events of an input into a replay. A capture goes on afterwards. */
export async function readInput(
  input: Input,
  session: ReplaySession,
  parts: ReplayInputParts,
  signal: AbortSignal,
): Promise<void> {
  switch (input.kind) {
    case "text":
      return session.append(eventsText(input.text));
    case "alarm":
      return readAlarm(input, session, parts);
    case "retained":
      return readRetained(input, session, parts, signal);
    case "live":
      return capture(input, session, parts);
  }
}

/** @throws ApiFault when it is longer than the debugger takes */
export function eventsText(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_REPLAY_BYTES) return bytes;
  const most = `${MAX_REPLAY_BYTES / 1024 / 1024} MiB`;
  throw new ApiFault(413, `The events are longer than ${most}; "dsiem replay" takes files of any length.`);
}

/** In the order in which the engine recorded them. */
async function readAlarm({ id }: Kind<"alarm">, session: ReplaySession, { store }: ReplayInputParts): Promise<void> {
  const events = new Map<string, { seq: number; text: string }>();
  let missing = 0;
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page: AlarmEventsPage | undefined = await store.read("events", { id, after, limit: PAGE });
    if (page === undefined) throw new ApiFault(404, "There is no such alarm (any more).");
    for (const { seq, eventId, event } of page.events) {
      if (event === undefined) missing += 1;
      else events.set(`${event.conn_id ?? 0} ${eventId}`, { seq, text: JSON.stringify(event) });
    }
    after = page.next;
  }
  if (missing > 0) {
    const few = `${missing} of its events aren't kept in full and can't be replayed`;
    if (events.size === 0) throw new ApiFault(409, `${capital(few)}, and there are no others.`);
    session.note(`${capital(few)}; the others are.`);
  }
  if (events.size === 0) throw new ApiFault(409, "No events of this alarm are kept, so there is nothing to replay.");
  const inOrder = [...events.values()].sort((a, b) => a.seq - b.seq);
  await session.append(Buffer.from(inOrder.map(({ text }) => text).join("\n")));
}

async function readRetained(
  { q = "", from, to, limit = DEFAULT_RETAINED }: Kind<"retained">,
  session: ReplaySession,
  { retained, clock }: ReplayInputParts,
  signal: AbortSignal,
): Promise<void> {
  eventFilter(q);
  await retained.flush();
  const wanted = Math.min(Math.max(1, limit), MAX_RETAINED);
  const request = { q, from, to, boot: retained.boot, nowMs: clock.now() };
  const newestFirst: Uint8Array[] = [];
  let bytes = 0;
  let before: number | undefined;
  do {
    const left = Math.min(PAGE, wanted - newestFirst.length);
    const found: FoundEvents = await retained.find({ ...request, before, limit: left }, signal);
    for (const { payload } of found.events) {
      newestFirst.push(payload);
      bytes += payload.length + 1;
    }
    before = found.next;
  } while (before !== undefined && newestFirst.length < wanted && bytes < MAX_BYTES);
  if (newestFirst.length === 0) {
    throw new ApiFault(
      409,
      "None of the retained events are meant: there is nothing to replay. Widen range or filter.",
    );
  }
  if (before !== undefined && limit > newestFirst.length) {
    session.note(`Only the newest ${newestFirst.length} of these events are replayed: no more fit into one replay.`);
  }
  await session.append(lines(newestFirst.reverse()));
}

/** Events as they come, until somebody stops that or there are too many. */
async function capture({ q }: Kind<"live">, session: ReplaySession, { source, clock, retained }: ReplayInputParts) {
  const filter = eventFilter(q);
  if (filter.needsVerdict) {
    const why = "What becomes of an event isn't known when it is captured; leave outcome, directive and backlog out.";
    throw new ApiFault(400, why, { field: "input.q" });
  }
  let waiting: Uint8Array[] = [];
  let taken = 0;
  let bytes = 0;
  let handing: Promise<void> = Promise.resolve();
  const hand = (): void => {
    if (waiting.length === 0) return;
    const text = lines(waiting);
    waiting = [];
    handing = handing.then(() => session.append(text)).catch(() => undefined);
  };
  const full = (): boolean => taken >= MAX_CAPTURED || bytes >= MAX_BYTES;
  const close = source.open((payloads) => {
    for (const payload of payloads) {
      if (full()) break;
      if (!filter.all) {
        const read = readRawEvent({ id: 0, at: clock.now(), payload }, retained.boot);
        if (read === undefined || !filter.finds({ event: read.event, verdict: { kind: "unknown" } }, clock.now())) {
          continue;
        }
      }
      // The bytes are the source's, which uses them again.
      waiting.push(Uint8Array.from(payload));
      taken += 1;
      bytes += payload.length + 1;
    }
    if (full()) void session.stopCapture(`The capture ended with ${taken} events: no more fit into one replay.`);
  });
  const timer = setInterval(hand, CAPTURE_MS).unref();
  session.captures(() => {
    clearInterval(timer);
    close();
    hand();
    return handing;
  });
}

function lines(payloads: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(payloads.flatMap((payload) => [payload, NEWLINE]));
}
const NEWLINE = Buffer.from("\n");

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
