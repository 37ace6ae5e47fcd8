import { DsiemError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { Ring } from "../base/ring.ts";
import { MAX_LINK_PAYLOAD_BYTES } from "../contract/limits.ts";
import { NoResponderError, PayloadTooLargeError, RequestTimeoutError } from "./bus.ts";
import {
  decodeTaken,
  encodeMessage,
  encodeTaken,
  FRAME_TAKEN,
  type LinkMessage,
  MAX_SUBJECT_BYTES,
  MESSAGE_ANSWER,
  MESSAGE_NO_ANSWER,
  MESSAGE_PUBLISH,
  MESSAGE_REQUEST,
  MESSAGE_SUBJECTS,
  MessageAssembler,
} from "./link-frames.ts";
import { type SubjectTable, subjectMatches } from "./subject-table.ts";

/** Messages that wait to be sent on one connection; beyond that they are dropped: console traffic, never events. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024;
const MAX_QUEUED_PIECES = 100_000;
/**
 * Pieces go out only while the other side has taken all but so much of them: an event finds at most this, and one
 * piece, ahead of it, however much the kernel would buffer (on loopback some megabytes).
 */
const MAX_ON_THE_WAY_BYTES = 256 * 1024;
/** The other side is told what was taken once it is this much: well before it has to stop. */
const TELL_TAKEN_BYTES = 64 * 1024;
/** Subjects that a peer may announce, and requests it may have open. */
const MAX_SUBJECTS = 10_000;
const MAX_OPEN_REQUESTS = 10_000;

/** Where the lane's frames go; `pump` sends events first and then calls the lane's `pump`. */
export interface LaneOutlet {
  send(frame: Buffer): void;
  pump(): void;
}

interface OpenRequest {
  subject: string;
  resolve(payload: Uint8Array): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/**
 * The small messages of one connection: publish, request and answer, both ways. Events never wait behind them: a
 * message is cut into pieces of 64 KiB that wait here, and a piece is sent only when no event can be and little of
 * what went before is still on its way.
 */
export class MessageLane {
  readonly #table: SubjectTable;
  readonly #outlet: LaneOutlet;
  readonly #log: Logger;
  /** Bounded in `#send`. */
  readonly #queue = new Ring<Buffer>(Number.MAX_SAFE_INTEGER);
  #queuedBytes = 0;
  #onTheWayBytes = 0;
  /** Taken, and not told yet. */
  #takenBytes = 0;
  readonly #assembler = new MessageAssembler();
  readonly #open = new Map<number, OpenRequest>();
  #answering = 0;
  #lastId = 0;
  /** Subjects of the other side; undefined until it told. */
  #remote: { listening: readonly string[]; responding: readonly string[] } | undefined;
  #closed = false;
  readonly #onRemote: () => void;

  /** @param onRemote called whenever the other side told its subjects. */
  constructor(table: SubjectTable, outlet: LaneOutlet, logger: Logger, onRemote: () => void = () => undefined) {
    this.#table = table;
    this.#outlet = outlet;
    this.#log = logger;
    this.#onRemote = onRemote;
  }

  get idle(): boolean {
    return this.#queue.length === 0;
  }

  /** Whether the other side has told its subjects. */
  get knowsRemote(): boolean {
    return this.#remote !== undefined;
  }

  responds(subject: string): boolean {
    return this.#remote?.responding.includes(subject) ?? false;
  }

  /** Tells the other side which subjects this one listens to and answers. */
  announce(): void {
    const subjects = { listening: this.#table.listening(), responding: this.#table.responding() };
    this.#send(MESSAGE_SUBJECTS, 0, "", Buffer.from(JSON.stringify(subjects)));
  }

  /** Costs nothing while the other side doesn't listen to the subject. */
  publish(subject: string, payload: Uint8Array): void {
    if (this.#remote?.listening.some((pattern) => subjectMatches(pattern, subject)) !== true) return;
    this.#send(MESSAGE_PUBLISH, 0, subject, payload);
  }

  request(subject: string, payload: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    if (this.#closed || !this.responds(subject)) return Promise.reject(new NoResponderError(subject));
    if (payload.length > MAX_LINK_PAYLOAD_BYTES) {
      return Promise.reject(new PayloadTooLargeError(0, payload.length, MAX_LINK_PAYLOAD_BYTES));
    }
    this.#lastId = (this.#lastId + 1) >>> 0;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const timer = setTimeout(() => {
      this.#open.delete(id);
      reject(new RequestTimeoutError(subject, timeoutMs));
    }, timeoutMs);
    this.#open.set(id, { subject, resolve, reject, timer });
    if (this.#open.size > MAX_OPEN_REQUESTS || !this.#send(MESSAGE_REQUEST, id, subject, payload)) {
      this.#open.delete(id);
      clearTimeout(timer);
      reject(new DsiemError("LINK_BUSY", `too much waits on the link to ask for ${subject}; try again`));
    }
    return promise;
  }

  /** Takes a frame of the kinds "message" and "taken"; returns what is wrong with it, if anything. */
  receive(frame: Buffer): string | undefined {
    if (frame[0] === FRAME_TAKEN) {
      const bytes = decodeTaken(frame);
      if (bytes === undefined || bytes > this.#onTheWayBytes) return "a receipt for messages that it never got";
      this.#onTheWayBytes -= bytes;
      this.#outlet.pump();
      return undefined;
    }
    this.#takenBytes += frame.length;
    if (this.#takenBytes >= TELL_TAKEN_BYTES) {
      this.#outlet.send(encodeTaken(this.#takenBytes));
      this.#takenBytes = 0;
    }
    const message = this.#assembler.add(frame);
    if (message === undefined) return "a malformed message";
    return message === "more" ? undefined : this.#take(message);
  }

  /** Sends what may go now. */
  pump(): void {
    while (this.#queue.length > 0 && this.#onTheWayBytes < MAX_ON_THE_WAY_BYTES) {
      const piece = this.#queue.shift();
      if (piece === undefined) return;
      this.#queuedBytes -= piece.length;
      this.#onTheWayBytes += piece.length;
      this.#outlet.send(piece);
    }
  }

  /** The connection is gone: open requests get no answer any more. */
  close(): void {
    this.#closed = true;
    for (const open of this.#open.values()) {
      clearTimeout(open.timer);
      open.reject(new NoResponderError(open.subject));
    }
    this.#open.clear();
  }

  #take(message: LinkMessage): string | undefined {
    const { kind, id, subject, payload } = message;
    if (kind === MESSAGE_PUBLISH) {
      this.#table.deliver(subject, payload);
      return undefined;
    }
    if (kind === MESSAGE_REQUEST) {
      void this.#answer(id, subject, payload);
      return undefined;
    }
    if (kind === MESSAGE_ANSWER || kind === MESSAGE_NO_ANSWER) {
      const open = this.#open.get(id);
      // An answer that comes after its time is up finds nobody.
      if (open === undefined) return undefined;
      this.#open.delete(id);
      clearTimeout(open.timer);
      if (kind === MESSAGE_ANSWER) open.resolve(payload);
      else open.reject(new NoResponderError(open.subject));
      return undefined;
    }
    if (kind === MESSAGE_SUBJECTS) return this.#takeSubjects(payload);
    return `a message of the unknown kind ${kind}`;
  }

  #takeSubjects(payload: Buffer): string | undefined {
    const subjects = readSubjects(payload);
    if (subjects === undefined) return "a malformed list of subjects";
    this.#remote = subjects;
    this.#onRemote();
    return undefined;
  }

  async #answer(id: number, subject: string, payload: Buffer): Promise<void> {
    if (this.#answering >= MAX_OPEN_REQUESTS || !this.#table.responding().includes(subject)) {
      this.#send(MESSAGE_NO_ANSWER, id, "", Buffer.alloc(0));
      return;
    }
    this.#answering += 1;
    const answer = await this.#table.answer(subject, payload);
    this.#answering -= 1;
    if (answer !== undefined) this.#send(MESSAGE_ANSWER, id, "", answer);
  }

  /** False when the message was dropped. */
  #send(kind: number, id: number, subject: string, payload: Uint8Array): boolean {
    if (this.#closed) return false;
    if (payload.length > MAX_LINK_PAYLOAD_BYTES || Buffer.byteLength(subject) > MAX_SUBJECT_BYTES) {
      this.#log.warn("a message is too large for the link and is dropped", { subject, bytes: payload.length });
      return false;
    }
    const frames = encodeMessage(kind, id, subject, payload);
    const full =
      this.#queuedBytes + payload.length > MAX_QUEUED_BYTES || this.#queue.length + frames.length > MAX_QUEUED_PIECES;
    // The other side would go on by an outdated list of subjects, so that is never dropped; it is small and rare.
    if (full && kind !== MESSAGE_SUBJECTS) {
      this.#log.sampled("too much waits on the link; a message is dropped", { subject });
      return false;
    }
    for (const frame of frames) {
      this.#queuedBytes += frame.length;
      this.#queue.push(frame);
    }
    this.#outlet.pump();
    return true;
  }
}

function readSubjects(payload: Buffer): { listening: string[]; responding: string[] } | undefined {
  let said: unknown;
  try {
    said = JSON.parse(payload.toString("utf8"));
  } catch {
    return undefined;
  }
  if (typeof said !== "object" || said === null || !("listening" in said) || !("responding" in said)) return undefined;
  const { listening, responding } = said;
  return isSubjects(listening) && isSubjects(responding) ? { listening, responding } : undefined;
}

function isSubjects(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length <= MAX_SUBJECTS &&
    value.every((subject) => typeof subject === "string" && subject.length <= MAX_SUBJECT_BYTES)
  );
}
