import { type IpcMainInvokeEvent, ipcMain, type WebContents, type WebFrameMain } from "electron";
import type { ZodType } from "zod";
import { errorText } from "../../engine/base/errors.ts";
import {
  DESKTOP_CALLS,
  DESKTOP_NEWS,
  type DesktopAnswer,
  type DesktopArgs,
  type DesktopCall,
  type DesktopNews,
  type DesktopNewsOf,
} from "../../engine/contract/desktop.ts";
import { isAppUrl } from "./app-url.ts";

// The only file of the main process that touches the raw channel (scripts/checks/text-rules.mjs holds to it).

export type CallHandlers = {
  [C in DesktopCall]: (...args: DesktopArgs<C>) => DesktopAnswer<C> | Promise<DesktopAnswer<C>>;
};

/** Each call's schema beside its own type, which the compiler can't see through a name that it doesn't know. */
const CALLS: { readonly [C in DesktopCall]: { readonly args: ZodType<DesktopArgs<C>> } } = DESKTOP_CALLS;

/** What a page gets for a call. */
type Envelope = { value: unknown } | { error: string };

/**
 * Answers the calls of the contract. Each one is refused that doesn't come from the top frame of one of our own pages in
 * our own window, or whose arguments aren't what the contract says.
 * @param isOurs whether a window's contents are those of the desktop's own window
 */
export function handleCalls(handlers: CallHandlers, isOurs: (contents: WebContents) => boolean): void {
  const register = <C extends DesktopCall>(name: C): void => {
    ipcMain.handle(`call:${name}`, async (event, ...args: unknown[]): Promise<Envelope> => {
      if (!isFromOwnPage(event, isOurs)) return { error: "This page may not ask the desktop for anything." };
      const read = CALLS[name].args.safeParse(args);
      if (!read.success) return { error: `The desktop was asked for ${name} with arguments that make no sense.` };
      try {
        return { value: await call(handlers[name], read.data) };
      } catch (error) {
        return { error: errorText(error) };
      }
    });
  };
  for (const name of Object.keys(DESKTOP_CALLS)) if (isCall(name)) register(name);
}

/** Tells a page; what it is told is held to the contract too, since it is read by another version after an update. */
export function tell<N extends DesktopNews>(contents: WebContents, news: N, what: DesktopNewsOf<N>): void {
  if (!contents.isDestroyed()) contents.send(`news:${news}`, DESKTOP_NEWS[news].parse(what));
}

function isFromOwnPage(event: IpcMainInvokeEvent, isOurs: (contents: WebContents) => boolean): boolean {
  const frame: WebFrameMain | null = event.senderFrame;
  return frame !== null && frame === event.sender.mainFrame && isAppUrl(frame.url) && isOurs(event.sender);
}

function isCall(name: string): name is DesktopCall {
  return name in DESKTOP_CALLS;
}

/** The arguments were checked by the schema that their types are inferred from. */
function call<A extends readonly unknown[], R>(handler: (...args: A) => R, args: A): R {
  return handler(...args);
}
