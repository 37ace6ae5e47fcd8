import type { ReplayInput } from "../../contract/console/replay.ts";
import { ApiFault } from "../api-fault.ts";
import type { ConfigDesk } from "../config/config-desk.ts";
import type { Handlers } from "../route-table.ts";
import { alarmDirective, eventsText, inputName, type ReplayInputParts, readInput } from "./replay-input.ts";
import type { ReplaySessions } from "./replay-sessions.ts";
import { type ReplayDirectives, type ReplayFlags, replaySetting } from "./replay-setting.ts";
import { ReplayError } from "./replay-thread.ts";

/** Rows of an answer, unless the request says otherwise, and at most. */
const DEFAULT_ROWS = 100;
const MAX_ROWS = 500;
const MAX_TICKS = 2_000;
/** A folder's name on every system. */
const CASE_NAME = /^[A-Za-z0-9][A-Za-z0-9 _.-]{0,99}$/;

export interface ReplayHandlersParts extends ReplayInputParts {
  sessions: ReplaySessions;
  desk: ConfigDesk;
  flags: ReplayFlags;
  /** The folder of a test case of this name, and whether it is there. */
  testCase: (name: string) => { folder: string; exists: boolean };
}

/** `/replay`: the debugger's sessions. */
export function replayHandlers(parts: ReplayHandlersParts): Handlers {
  const { sessions, desk, flags, testCase } = parts;
  return {
    "POST /replay": ({ body: { input, directives }, signal }) => open(parts, input, directives, signal),
    "GET /replay/:session": ({ params }) => sessions.get(params.session).state,
    "POST /replay/:session": ({ params, body }) =>
      refusable(async () => {
        const session = sessions.get(params.session);
        if (body.command === "directives") await session.use(await replaySetting(desk, flags, body.directives));
        else await session.command(body);
        return session.state;
      }),
    "DELETE /replay/:session": async ({ params }) => {
      await sessions.end(params.session);
      return { ok: true };
    },
    "GET /replay/:session/rows": ({ params, query: { from, limit = DEFAULT_ROWS, side } }) =>
      refusable(() => {
        const session = sessions.get(params.session);
        const page = { from: Math.max(1, from), limit: Math.min(Math.max(1, limit), MAX_ROWS) };
        return session.ask("rows", { ...page, side: side ?? session.firstSide });
      }),
    "GET /replay/:session/ticks": ({ params, query: { parts: wanted } }) =>
      refusable(() => sessions.get(params.session).ask("ticks", { parts: Math.min(Math.max(1, wanted), MAX_TICKS) })),
    "POST /replay/:session/events": ({ params, body: { text } }) =>
      refusable(async () => {
        const session = sessions.get(params.session);
        await session.append(eventsText(text));
        return session.state;
      }),
    "GET /replay/:session/steps/:step": ({ params, query: { side, directive } }) =>
      refusable(() => {
        const session = sessions.get(params.session);
        const step = stepOf(params.step, session.state.events + 1);
        const about = { step, side: side ?? session.firstSide };
        return session.ask("step", { ...about, ...(directive !== undefined && { directive }) });
      }),
    "POST /replay/:session/keep": ({ params, body: { name, description, replace = false } }) =>
      refusable(async () => {
        if (!CASE_NAME.test(name)) {
          const wanted = "letters, digits, spaces, dots, - and _, and begins with a letter or digit";
          throw new ApiFault(400, `A test case's name is made of ${wanted}.`, { field: "name" });
        }
        const session = sessions.get(params.session);
        const { folder, exists } = testCase(name);
        if (exists && !replace) {
          throw new ApiFault(409, `There is a test case ${name} already; choose another name, or replace it.`, {
            field: "name",
          });
        }
        const about = { folder, replace, side: session.firstSide };
        const { alarms } = await session.ask("keep", { ...about, ...(description !== undefined && { description }) });
        return { folder, alarms, command: `dsiem test ${quoted(folder)}` };
      }),
  };
}

async function open(parts: ReplayHandlersParts, input: ReplayInput, directives: ReplayDirectives, signal: AbortSignal) {
  const { sessions, desk, flags, store } = parts;
  const node = input.kind === "alarm" && directives.edited === undefined ? await nodeOf(parts, input.id) : undefined;
  const setting = await replaySetting(desk, flags, { ...(node !== undefined && { node }), ...directives });
  const session = await sessions.open(inputName(input), setting);
  try {
    return await refusable(async () => {
      await readInput(input, session, { ...parts, store }, signal);
      await session.loaded();
      // Nobody would ever learn of it.
      signal.throwIfAborted();
      if (session.state.events === 0 && input.kind !== "live") throw new ApiFault(400, nothingIn(session.state));
      return session.state;
    });
  } catch (error) {
    await sessions.end(session.id);
    throw error;
  }
}

/** The node whose directive raised an alarm, where it is still there. */
async function nodeOf({ desk, store }: ReplayHandlersParts, alarmId: string): Promise<string | undefined> {
  const directiveId = await alarmDirective(store, alarmId);
  return (await desk.directives()).find(({ directives }) => directives.some(({ id }) => id === directiveId))?.node;
}

function nothingIn({ refused, problems }: { refused: number; problems: readonly { line: number; text: string }[] }) {
  const [first] = problems;
  if (refused === 0 || first === undefined) return "There are no events in it.";
  return `None of its ${refused} ${refused === 1 ? "line" : "lines"} is an event; line ${first.line} ${first.text}.`;
}

/** What the thread can't do is the request's fault, and its sentence says what. */
async function refusable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ReplayError) throw new ApiFault(409, error.message);
    throw error;
  }
}

function stepOf(text: string, last: number): number {
  const step = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (step <= last) return step;
  throw new ApiFault(404, `There is no step ${text.slice(0, 20)}: this replay has steps 0 to ${last}.`);
}

/** As a shell takes it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
