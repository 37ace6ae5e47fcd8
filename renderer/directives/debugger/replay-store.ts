import { useSyncExternalStore } from "react";
import type { ReplayCommand, ReplayInput, ReplayState } from "../../../engine/contract/console/replay.ts";
import { api } from "../../client/api.ts";
import { ApiError } from "../../client/api-error.ts";
import { live } from "../../client/live.ts";
import { type DirectiveDraft, handedDraft } from "../draft-store.ts";

/** With which directives a replay is opened. */
export interface ReplayDirectives {
  edited?: { name: string; text: string };
  only?: number[];
  node?: string;
}

/** The replay of this page. It stays while other screens are looked at, so that an author can edit and come back. */
export type PageReplay =
  | { kind: "none" }
  | { kind: "opening"; name: string }
  | { kind: "failed"; text: string; retry: (() => void) | undefined }
  | {
      kind: "open";
      state: ReplayState;
      /** What the editor handed over when its directives were chosen last. */
      draft: DirectiveDraft | undefined;
      /** Missing when the page was loaded anew and doesn't know. */
      directives: ReplayDirectives | undefined;
      /** Why what the editor handed over can't be replayed with. */
      draftFault: string | undefined;
      /** What the last command was refused with. */
      refusal: string | undefined;
    };

let current: PageReplay = { kind: "none" };
let unsubscribe: (() => void) | undefined;
/** Answers of what is no longer wanted are dropped. */
let turn = 0;
const listeners = new Set<() => void>();

function change(next: PageReplay): void {
  current = next;
  for (const listener of listeners) listener();
}

export function useReplay(): PageReplay {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

/** Opens a replay in place of the one that is open. */
export async function openReplay(
  input: ReplayInput,
  directives: ReplayDirectives,
  draft: DirectiveDraft | undefined,
  name: string,
  adopt: (session: string) => void,
): Promise<void> {
  endReplay();
  const mine = ++turn;
  change({ kind: "opening", name });
  try {
    const state = await api.post("POST /replay", { body: { input, directives } });
    if (mine !== turn) return void end(state.session);
    follow(state, directives, draft);
    adopt(state.session);
  } catch (error) {
    if (mine !== turn) return;
    change({
      kind: "failed",
      text: textOf(error),
      retry: () => void openReplay(input, directives, draft, name, adopt),
    });
  }
}

/** Goes on with a replay that is open at the server: after a reload, or by a link. */
export async function resumeReplay(session: string): Promise<void> {
  if (current.kind === "open" && current.state.session === session) return;
  leave();
  const mine = ++turn;
  change({ kind: "opening", name: "the replay" });
  try {
    const state = await api.get("GET /replay/:session", { params: { session } });
    if (mine === turn) follow(state, undefined, handedDraft());
  } catch (error) {
    if (mine === turn) change({ kind: "failed", text: textOf(error), retry: undefined });
  }
}

export function endReplay(): void {
  if (current.kind === "open") end(current.state.session);
  leave();
  turn += 1;
  change({ kind: "none" });
}

/** Moves the replay; what is refused is said beside it. */
export async function sendCommand(command: ReplayCommand): Promise<void> {
  if (current.kind !== "open") return;
  const { session } = current.state;
  const refusal = await refusalOf(session, api.post("POST /replay/:session", { params: { session }, body: command }));
  if (refusal !== undefined && current.kind === "open") change({ ...current, refusal });
}

/** The step that was asked for last, as long as it isn't reached. */
let target: number | undefined;

/** Goes to a step. While that is on its way, only the last of what else is asked for counts: a held key, a drag. */
export async function goToStep(step: number): Promise<void> {
  if (current.kind !== "open") return;
  const isMoving = target !== undefined;
  target = Math.min(Math.max(0, step), current.state.events + 1);
  if (isMoving) return;
  try {
    for (let next: number | undefined; next !== target; ) {
      next = target;
      await sendCommand({ command: "goto", step: next });
    }
  } finally {
    target = undefined;
  }
}

/** So many steps on, or back, from where it is going. */
export async function moveBy(steps: number): Promise<void> {
  if (current.kind === "open") await goToStep((target ?? current.state.step) + steps);
}

/** The edited file, where it says something else than the saved one. */
export function draftSide(draft: DirectiveDraft | undefined): Pick<ReplayDirectives, "edited"> {
  return draft?.changed === true ? { edited: { name: draft.fileName, text: draft.fileText } } : {};
}

/** The same events with what the editor handed over, and with what is saved now. */
export async function replayDraft(draft: DirectiveDraft): Promise<void> {
  if (current.kind !== "open") return;
  const { edited: _, ...others } = current.directives ?? {};
  const directives = { ...others, ...draftSide(draft) };
  change({ ...current, directives, draft, draftFault: undefined });
  const { session } = current.state;
  const body = { command: "directives", directives } as const;
  const draftFault = await refusalOf(session, api.post("POST /replay/:session", { params: { session }, body }));
  if (draftFault !== undefined && current.kind === "open" && current.draft === draft)
    change({ ...current, draftFault });
}

/** Puts events behind the last one; why they weren't taken. */
export async function addEvents(text: string): Promise<string | undefined> {
  if (current.kind !== "open") return "There is no replay to add events to.";
  const { session } = current.state;
  return refusalOf(session, api.post("POST /replay/:session/events", { params: { session }, body: { text } }));
}

async function refusalOf(session: string, request: Promise<ReplayState>): Promise<string | undefined> {
  try {
    take(await request);
    return undefined;
  } catch (error) {
    const isOurs = current.kind === "open" && current.state.session === session;
    if (isOurs && error instanceof ApiError && error.status === 404) lose(error.message);
    return textOf(error);
  }
}

function follow(state: ReplayState, directives: ReplayDirectives | undefined, draft: DirectiveDraft | undefined): void {
  change({ kind: "open", state, directives, draft, draftFault: undefined, refusal: undefined });
  unsubscribe = live.subscribe(
    "replay",
    { session: state.session },
    { snapshot: take, delta: take, error: ({ text }) => lose(text) },
  );
}

/** What came later counts, whichever way it came. */
function take(state: ReplayState): void {
  if (current.kind !== "open" || current.state.session !== state.session || state.rev < current.state.rev) return;
  change({ ...current, state, refusal: undefined });
}

function lose(text: string): void {
  leave();
  change({ kind: "failed", text, retry: undefined });
}

function leave(): void {
  unsubscribe?.();
  unsubscribe = undefined;
}

function end(session: string): void {
  // One that is over already needs no end.
  api.delete("DELETE /replay/:session", { params: { session } }).catch(() => undefined);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
