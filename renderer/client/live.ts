import type { LIVE_PATH, LIVE_PROTOCOL, TOKEN_PROTOCOL } from "../../engine/contract/console/live.ts";
import { LiveConnection } from "./live-connection.ts";
import type { LivePlace, LiveSocket } from "./live-types.ts";
import { desktop } from "./place.ts";

// The contract's values, held to it by their types: importing them would put its schemas into the page.
const PATH: typeof LIVE_PATH = "/api/live";
const PROTOCOL: typeof LIVE_PROTOCOL = "dsiem.live";
const TOKEN: typeof TOKEN_PROTOCOL = "dsiem.token.";
const HIDDEN_INTERVAL_MS = 1_000;

const browser: LivePlace = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  frame: (run) => {
    if (document.hidden) setTimeout(run, HIDDEN_INTERVAL_MS);
    else requestAnimationFrame(run);
  },
  connect: async () => {
    const place = await desktop()?.live();
    const url = place?.url ?? `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${PATH}`;
    const protocols = place === undefined ? [PROTOCOL] : [PROTOCOL, `${TOKEN}${place.token}`];
    const socket = new WebSocket(url, protocols);
    const opened: LiveSocket = {
      send: (text) => socket.send(text),
      close: () => socket.close(),
      onmessage: null,
      onclose: null,
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => opened.onmessage?.({ data });
    socket.onclose = () => opened.onclose?.();
    return new Promise<LiveSocket>((resolve, reject) => {
      socket.onopen = () => resolve(opened);
      socket.onerror = () => reject(new Error("The live connection can't be opened."));
    });
  },
};

/** The page's live connection. */
export const live = new LiveConnection(browser);
