import { contextBridge, ipcRenderer } from "electron";
import type { DesktopApi, DesktopCall, DesktopNews } from "../../engine/contract/desktop.ts";

// Runs sandboxed before the desktop's own page and hands it `window.dsiem`: named calls and named news, never the raw
// channel. The schemas stay in the main process, which checks; here are only the names, held to the contract by types.

const CALLS = {
  live: true,
  chooseFolder: true,
  chooseEventsFile: true,
  readOpenedFile: true,
  openExternal: true,
  connect: true,
  notifications: true,
  pauseNotifications: true,
  saveDiagnostics: true,
  openLogs: true,
  update: true,
} as const satisfies Record<DesktopCall, true>;

const NEWS = {
  open: true,
  openFile: true,
  action: true,
  update: true,
  notifications: true,
  restarted: true,
} as const satisfies Record<DesktopNews, true>;

/** What is kept of news that nobody listens to yet: a link that starts the program comes before the page is drawn. */
const KEPT_NEWS = 16;

type Listener = (what: unknown) => void;
const listeners = new Map<string, Set<Listener>>();
const kept = new Map<string, unknown[]>();

for (const news of Object.keys(NEWS)) {
  ipcRenderer.on(`news:${news}`, (_event, what: unknown) => {
    const heard = listeners.get(news);
    if (heard !== undefined && heard.size > 0) {
      for (const listener of heard) listener(what);
      return;
    }
    kept.set(news, [...(kept.get(news) ?? []), what].slice(-KEPT_NEWS));
  });
}

function on(news: string, listener: Listener): () => void {
  const heard = listeners.get(news) ?? new Set();
  listeners.set(news, heard);
  heard.add(listener);
  const missed = kept.get(news) ?? [];
  kept.delete(news);
  for (const what of missed) listener(what);
  return () => heard.delete(listener);
}

/** The main process answers in an envelope, so that what is rejected is its sentence and nothing around it. */
async function call(name: string, args: readonly unknown[]): Promise<unknown> {
  const answer: { value: unknown } | { error: string } = await ipcRenderer.invoke(`call:${name}`, ...args);
  if ("error" in answer) throw new Error(answer.error);
  return answer.value;
}

const calls = Object.fromEntries(Object.keys(CALLS).map((name) => [name, (...args: unknown[]) => call(name, args)]));

/** The types of the calls are the contract's; the names are held to it above. */
type Exposed = Pick<DesktopApi, "platform"> & { on: typeof on } & Record<string, unknown>;
contextBridge.exposeInMainWorld("dsiem", { ...calls, on, platform: process.platform } satisfies Exposed);
