import type { Logger } from "../base/log.ts";
import type { EventLog } from "./event-log.ts";
import { decodeAck, encodeEvents, FRAME_ACK, FRAME_MESSAGE, FRAME_TAKEN } from "./link-frames.ts";
import { CLOSE_MALFORMED } from "./link-handshake.ts";
import { MessageLane } from "./link-lane.ts";
import type { LinkSocket } from "./link-socket.ts";
import type { SubjectTable } from "./subject-table.ts";

/** What the frontend knows of a backend node that joined once. */
export interface LinkNode {
  readonly name: string;
  /** Of the backend process that joined last. */
  boot: string;
  /** The sequence number up to which everything is acknowledged, by whichever process of the node. */
  acknowledged: number;
  /** Undefined while it is away. */
  connection: NodeConnection | undefined;
  /** When it went away, by the monotonic clock. */
  awaySinceMs: number;
}

export interface NodeConnectionOptions {
  node: LinkNode;
  socket: LinkSocket;
  log: EventLog;
  table: SubjectTable;
  logger: Logger;
  /** Sequence number of the last event that the backend has. */
  sent: number;
  credit: number;
  onAck(): void;
  onClosed(connection: NodeConnection, reason: string): void;
}

/** Frames are at least so far apart while events keep coming; the first one after a pause goes at once. */
const COALESCE_MS = 2;
/** Event bytes on their way to one backend; what the kernel doesn't take yet stays in the replay buffer. */
const MAX_ON_THE_WAY_BYTES = 1024 * 1024;
/** Events in one frame. */
const MAX_EVENTS_PER_FRAME = 4096;

/** The frontend's end of the connection of one backend: sends events as the backend's credit allows. */
export class NodeConnection {
  readonly #options: NodeConnectionOptions;
  readonly #socket: LinkSocket;
  readonly #log: EventLog;
  readonly lane: MessageLane;
  #sent: number;
  #credit: number;
  #scheduled = false;
  #closing = false;
  #lastPumpMs = 0;
  readonly #run = () => {
    this.#scheduled = false;
    this.pump();
  };

  constructor(options: NodeConnectionOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.#log = options.log;
    this.#sent = options.sent;
    this.#credit = options.credit;
    const { socket } = options;
    this.lane = new MessageLane(
      options.table,
      {
        send: (frame) => socket.sendFrame(frame),
        pump: () => this.pump(),
      },
      options.logger,
    );
    socket.handOver({
      text: () => this.#malformed("a text frame after the handshake"),
      frame: (frame) => this.#receive(frame),
      writable: () => this.pump(),
      closed: (_code, reason) => {
        this.#closing = true;
        this.lane.close();
        options.onClosed(this, reason);
      },
    });
  }

  /** There are new events: sends them within this turn of the event loop, or two milliseconds after the last ones. */
  wake(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (performance.now() - this.#lastPumpMs >= COALESCE_MS) setImmediate(this.#run);
    else setTimeout(this.#run, COALESCE_MS);
  }

  /** Events first; messages only when no event can go. */
  pump(): void {
    if (this.#closing) return;
    const { node } = this.#options;
    while (this.#socket.backlogBytes < MAX_ON_THE_WAY_BYTES) {
      const credit = this.#credit - (this.#sent - node.acknowledged);
      const waiting = this.#log.next - 1 - this.#sent;
      const most = Math.min(credit, waiting, MAX_EVENTS_PER_FRAME);
      if (most <= 0) break;
      const { frame, count } = encodeEvents(this.#log, this.#sent + 1, most);
      if (count === 0) throw new Error(`broken invariant: event ${this.#sent + 1} isn't in the replay buffer any more`);
      this.#socket.sendFrame(frame);
      this.#sent += count;
      this.#lastPumpMs = performance.now();
    }
    this.lane.pump();
  }

  close(code: number, reason: string): void {
    this.#closing = true;
    this.lane.close();
    this.#socket.close(code, reason);
  }

  /** For a connection that another one of the same node replaces. */
  terminate(reason: string): void {
    this.#closing = true;
    this.lane.close();
    this.#socket.terminate(reason);
  }

  #receive(frame: Buffer): void {
    const kind = frame[0];
    let problem: string | undefined;
    if (kind === FRAME_ACK) problem = this.#acknowledge(frame);
    else if (kind === FRAME_MESSAGE || kind === FRAME_TAKEN) problem = this.lane.receive(frame);
    else problem = `a frame of the unknown kind ${kind ?? "none"}`;
    if (problem !== undefined) this.#malformed(problem);
  }

  #acknowledge(frame: Buffer): string | undefined {
    const { node, onAck } = this.#options;
    const ack = decodeAck(frame);
    if (ack === undefined) return "a malformed acknowledgement";
    if (ack.acknowledged > this.#sent || ack.acknowledged < node.acknowledged) {
      return "an acknowledgement of what it never got, or of less than before";
    }
    node.acknowledged = ack.acknowledged;
    this.#credit = ack.credit;
    onAck();
    this.pump();
    return undefined;
  }

  #malformed(problem: string): void {
    const { logger, node } = this.#options;
    logger.error(`backend ${node.name} sent ${problem}; its connection is closed`);
    this.close(CLOSE_MALFORMED, problem);
  }
}
