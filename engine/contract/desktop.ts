import { z } from "zod";
import { count } from "./console/common.ts";

/*
 * Between the desktop's main process and a page of its own (console.md §5): what a browser can't do, and nothing else; all
 * data travels over the frontend's API. The main process checks every argument by these schemas, and who sent it.
 */

/** Scheme and host of the desktop's own pages. */
export const APP_SCHEME = "app";
export const APP_ORIGIN = "app://dsiem";
/** Scheme of links into the console from elsewhere: `dsiem://alarm/ID`. */
export const LINK_SCHEME = "dsiem";

const nothing = z.tuple([]);
const done = z.object({
  ok: z.boolean(),
  text: z.string().meta({ description: "One sentence; empty when all is well." }),
});
/** A file that was opened with the desktop; its text is read in pieces, by this id. */
const openedFileSchema = z.object({ id: z.string(), name: z.string(), bytes: count });
export type OpenedFile = z.infer<typeof openedFileSchema>;

const notificationStateSchema = z.object({
  /** The system can show notifications at all. */
  supported: z.boolean(),
  /** Milliseconds since the epoch until which they are paused; 0: they aren't. */
  pausedUntil: z.number(),
});
export type NotificationState = z.infer<typeof notificationStateSchema>;

const updateStateSchema = z.discriminatedUnion("kind", [
  /** Not a packaged program, or turned off in the settings. */
  z.object({ kind: z.literal("off"), why: z.string() }),
  z.object({ kind: z.literal("idle") }),
  z.object({ kind: z.literal("checking") }),
  z.object({ kind: z.literal("available"), version: z.string() }),
  z.object({ kind: z.literal("downloading"), version: z.string(), percent: z.number() }),
  /** Installed with the next quit, or now by `update("install")`. */
  z.object({ kind: z.literal("ready"), version: z.string() }),
  z.object({ kind: z.literal("failed"), error: z.string() }),
]);
export type UpdateState = z.infer<typeof updateStateSchema>;

/** What a page may ask of the main process, by channel. */
export const DESKTOP_CALLS = {
  /** Where the live WebSocket is, and the token that goes into its sub-protocol; asked anew for each connection. */
  live: {
    args: nothing,
    answer: z.object({ url: z.string(), token: z.string(), port: count }),
  },
  /** A folder for "Use my folder"; `null` when nothing was chosen. */
  chooseFolder: { args: nothing, answer: z.string().nullable() },
  /** A file for "Open events file". */
  chooseEventsFile: { args: nothing, answer: openedFileSchema.nullable() },
  /** The next piece of an opened file, cut between characters; `next` is missing at its end. */
  readOpenedFile: {
    args: z.tuple([z.string().max(64), count]),
    answer: z.object({ text: z.string(), next: count.optional() }),
  },
  /** Opens a page in the system's browser; asks first for a host it doesn't know. */
  openExternal: { args: z.tuple([z.string().max(8192)]), answer: done },
  /** Opens a window with the page of a console elsewhere (operation.md §3). */
  connect: { args: z.tuple([z.string().max(2000), z.string().max(4096)]), answer: done },
  notifications: { args: nothing, answer: notificationStateSchema },
  /** Shows no notifications for so many minutes; 0 ends a pause. */
  pauseNotifications: { args: z.tuple([count.max(24 * 60)]), answer: notificationStateSchema },
  /** Asks where to, and saves the diagnostics zip there. */
  saveDiagnostics: { args: nothing, answer: done },
  openLogs: { args: nothing, answer: done },
  update: { args: z.tuple([z.enum(["state", "check", "download", "install"])]), answer: updateStateSchema },
} as const;
export type DesktopCall = keyof typeof DESKTOP_CALLS;
export type DesktopArgs<C extends DesktopCall> = z.infer<(typeof DESKTOP_CALLS)[C]["args"]>;
export type DesktopAnswer<C extends DesktopCall> = z.infer<(typeof DESKTOP_CALLS)[C]["answer"]>;

/** What the main process tells a page, by channel. */
export const DESKTOP_NEWS = {
  /** Go to this route of the console, such as `/alarms/ID`: a link, a notification, the menu. */
  open: z.object({ route: z.string() }),
  openFile: openedFileSchema,
  /** Do what the shortcut of this name does: the menu. */
  action: z.object({ name: z.string() }),
  update: updateStateSchema,
  notifications: notificationStateSchema,
  /** The services were started anew: connect again. */
  restarted: z.object({}),
} as const;
export type DesktopNews = keyof typeof DESKTOP_NEWS;
export type DesktopNewsOf<N extends DesktopNews> = z.infer<(typeof DESKTOP_NEWS)[N]>;

/**
 * `window.dsiem`, which the preload script puts into the desktop's own pages and into no other. A call rejects with one
 * sentence when it can't be done.
 */
export type DesktopApi = {
  readonly [C in DesktopCall]: (...args: DesktopArgs<C>) => Promise<DesktopAnswer<C>>;
} & {
  readonly platform: string;
  /** Hears of something until the returned function is called; what came before anybody listened is kept for the first. */
  on<N extends DesktopNews>(news: N, listener: (what: DesktopNewsOf<N>) => void): () => void;
};
