import { readSupervisorMessage, type ServiceMessage, type SupervisorMessage } from "../supervisor/messages.ts";

/** What a service hears of its supervisor. */
export interface SupervisorListener {
  word(message: SupervisorMessage): void;
  /** The channel closed: nobody will tell this process to stop any more (operation.md §6). */
  gone(): void;
}

/** The way to the supervisor, whichever launcher started this process. */
export interface SupervisorChannel {
  /**
   * Whether the terminal's Ctrl-C reaches this process as well as the supervisor: a child process has a group of its
   * own, a utility process of the desktop can't have one.
   */
  readonly sharesTerminal: boolean;
  listen(listener: SupervisorListener): void;
  tell(message: ServiceMessage): void;
}

/** `undefined` for a service that was started by hand. */
export function supervisorChannel(): SupervisorChannel | undefined {
  const port = parentPort();
  if (port !== undefined) return utilityProcessChannel(port);
  return process.send === undefined ? undefined : childProcessChannel();
}

function childProcessChannel(): SupervisorChannel {
  return {
    sharesTerminal: false,
    listen: ({ word, gone }) => {
      process.on("message", (message: unknown) => {
        const read = readSupervisorMessage(message);
        if (read !== undefined) word(read);
      });
      process.on("disconnect", gone);
      // It may have died while this process was still loading, before anybody listened.
      if (!process.connected) gone();
    },
    tell: (message) => {
      // The callback takes the error of a supervisor that is gone by now; "disconnect" deals with that.
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
  };
}

/** The part of the desktop's port to its main process that is used here; the engine knows no more of it. */
interface ParentPort {
  on(event: "message", listener: (event: { data: unknown }) => void): unknown;
  on(event: "close", listener: () => void): unknown;
  postMessage(message: unknown): void;
}

/** The system ends a utility process together with its main process; a port that closes earlier says so itself. */
function utilityProcessChannel(port: ParentPort): SupervisorChannel {
  return {
    sharesTerminal: true,
    listen: ({ word, gone }) => {
      port.on("message", ({ data }) => {
        const read = readSupervisorMessage(data);
        if (read !== undefined) word(read);
      });
      port.on("close", gone);
    },
    tell: (message) => port.postMessage(message),
  };
}

function parentPort(): ParentPort | undefined {
  const port: unknown = Reflect.get(process, "parentPort");
  return isParentPort(port) ? port : undefined;
}

function isParentPort(port: unknown): port is ParentPort {
  return (
    typeof port === "object" &&
    port !== null &&
    "on" in port &&
    typeof port.on === "function" &&
    "postMessage" in port &&
    typeof port.postMessage === "function"
  );
}
