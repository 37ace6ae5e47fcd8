import type { Clock } from "../../base/clock.ts";
import { errorText } from "../../base/errors.ts";
import type { ReplayCommand, ReplaySide, ReplayState } from "../../contract/console/replay.ts";
import type {
  ReplayCallName,
  ReplayCalls,
  ReplayPosition,
  ReplayRecordingState,
  ReplaySetting,
} from "../../contract/replay-thread.ts";
import { Listeners } from "../listeners.ts";
import type { ReplayThread } from "./replay-thread.ts";

/** Work of the thread between two looks at what else it is asked, in milliseconds. */
const SLICE_MS = 50;
/** While it plays in time, the clock moves on this often, in milliseconds. */
const BEAT_MS = 100;
/** Events that are run in one go: what is farther away is run in slices, so that it can be paused. */
const AT_ONCE = 500;
const NO_BREAKS = { stageChange: false, alarm: false };
/** Of the recording's problems. */
const MAX_PROBLEMS = 100;

export interface ReplaySessionParts {
  id: string;
  name: string;
  thread: ReplayThread;
  clock: Clock;
  /** Resolves after so many milliseconds. */
  pause: (milliseconds: number) => Promise<void>;
}

/** How far a run goes: by itself, or because a place was asked for. */
interface Run {
  /** The step that it ends at; as far as there is anything when left out. */
  to?: number;
  inTime: boolean;
  breakOn: ReplayState["breakOn"];
}

type MoveCommand = Exclude<ReplayCommand, { command: "directives" }>;

/**
 * One replay: where it is, whether it plays, and how fast. The thread computes; the session knows the clock on the wall,
 * and asks for one piece of work after the other, so that it can be paused, looked at and ended at any time.
 */
export class ReplaySession {
  readonly id: string;
  readonly #name: string;
  readonly #thread: ReplayThread;
  readonly #clock: Clock;
  readonly #pause: ReplaySessionParts["pause"];
  readonly #changed = new Listeners();
  #recording: ReplayRecordingState = { events: 0, refused: 0, problems: [] };
  #position: ReplayPosition = { step: 0, marks: [], sides: [] };
  /** The highest step that was run with these directives: up to it, any place is near. */
  #farthest = 0;
  #run: Run | undefined;
  #running: Promise<void> = Promise.resolve();
  #turn: Promise<void> = Promise.resolve();
  #loading = true;
  #rev = 0;
  #generation = 0;
  #stopCapture: (() => Promise<void>) | undefined;
  #stopped = false;
  #failed = false;
  #closed = false;
  #reason: string | undefined;
  #speed: ReplayState["speed"] = "10";
  #breakOn: ReplayState["breakOn"] = { stageChange: true, alarm: false };

  constructor({ id, name, thread, clock, pause }: ReplaySessionParts) {
    this.id = id;
    this.#name = name;
    this.#thread = thread;
    this.#clock = clock;
    this.#pause = pause;
  }

  get state(): ReplayState {
    const { clock, marks, sides, step } = this.#position;
    const { events, first, last, problems, refused } = this.#recording;
    return {
      ...{ session: this.id, rev: this.#rev, generation: this.#generation, name: this.#name, status: this.#status() },
      capturing: this.#stopCapture !== undefined,
      ...(this.#reason !== undefined && { reason: this.#reason }),
      ...{ events, step },
      ...(clock !== undefined && { clock }),
      ...(first !== undefined && { first }),
      ...(last !== undefined && { last }),
      ...{ speed: this.#speed, breakOn: this.#breakOn, refused, marks, sides },
      problems: problems.slice(0, MAX_PROBLEMS),
    };
  }

  get isPlaying(): boolean {
    return this.#run !== undefined;
  }

  onChange(listener: () => void): () => void {
    return this.#changed.add(listener);
  }

  /** Asks the thread something that moves nothing. */
  ask<N extends Exclude<ReplayCallName, "append" | "directives" | "goto" | "advance">>(
    name: N,
    request: ReplayCalls[N]["request"],
  ): Promise<ReplayCalls[N]["answer"]> {
    return this.#thread.call(name, request);
  }

  /** Puts events behind those that are there; the bytes are taken over. */
  async append(text: Uint8Array): Promise<void> {
    const known = this.#recording.problems;
    this.#recording = await this.#thread.call("append", { text }, ownMemory(text));
    // What an input had to say before its events came isn't the thread's.
    const own = known.filter(({ line }) => line === 0);
    this.#recording.problems = [...own, ...this.#recording.problems];
    this.#tell();
  }

  /** Something that the input has to say of itself as a whole. */
  note(text: string): void {
    this.#recording.problems = [{ line: 0, text }, ...this.#recording.problems];
  }

  /** All events of the input are there. */
  async loaded(): Promise<void> {
    this.#position = await this.#thread.call("goto", { step: 0 });
    this.#loading = false;
    this.#tell();
  }

  /** From now on events are put behind as they come; `stop` ends that and resolves when those that came are there. */
  captures(stop: () => Promise<void>): void {
    if (this.#closed) void stop();
    else this.#stopCapture = stop;
  }

  /** Ends a capture, with a reason when nobody asked for its end. */
  async stopCapture(reason?: string): Promise<void> {
    const stop = this.#stopCapture;
    this.#stopCapture = undefined;
    if (reason !== undefined) this.#reason = reason;
    await stop?.();
    this.#tell();
  }

  /** The thread is gone. */
  fail(sentence: string): void {
    this.#failed = true;
    this.#reason = sentence;
    this.#run = undefined;
    void this.stopCapture();
  }

  /** With other directives, at the same step. */
  use(setting: ReplaySetting): Promise<void> {
    return this.#inTurn(async () => {
      await this.#halt();
      const { step } = this.#position;
      const position = await this.#thread.call("directives", setting);
      this.#generation += 1;
      this.#take(position, "anew");
      await this.#to(step);
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** One after the other, in the order in which they came. */
  command(command: MoveCommand): Promise<void> {
    return this.#inTurn(() => this.#perform(command));
  }

  async #perform(command: MoveCommand): Promise<void> {
    const { step } = this.#position;
    switch (command.command) {
      case "play":
        if (!this.isPlaying && !this.#failed) this.#begin({ inTime: true, breakOn: this.#breakOn });
        // What is near is reached before this is answered.
        return void (await Promise.race([this.#running, this.#pause(SLICE_MS)]));
      case "pause":
        return this.#halt();
      case "step":
        return this.#to(step + 1);
      case "back":
        return this.#to(step - 1);
      case "start":
        return this.#to(0);
      case "end":
        return this.#to(this.#last);
      case "goto":
        return this.#to(command.step);
      case "speed":
        this.#speed = command.speed;
        if (this.#run?.inTime === true) {
          await this.#halt();
          await this.#perform({ command: "play" });
        }
        return this.#tell();
      case "break": {
        const { stageChange, alarm } = command;
        this.#breakOn = { stageChange, alarm };
        if (this.#run?.inTime === true) this.#run.breakOn = this.#breakOn;
        return this.#tell();
      }
      case "stop capture":
        return this.stopCapture();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#run = undefined;
    void this.#stopCapture?.();
    await this.#thread.close();
  }

  /** The side that is asked about when the question names none. */
  get firstSide(): ReplaySide {
    return this.#position.sides[0]?.side ?? "saved";
  }

  #tell(): void {
    this.#rev += 1;
    this.#changed.tell();
  }

  /** The last step there is: the time after the last event comes when no more are awaited. */
  get #last(): number {
    return this.#recording.events + (this.#stopCapture === undefined ? 1 : 0);
  }

  #status(): ReplayState["status"] {
    if (this.#failed) return "failed";
    if (this.#run !== undefined) return "playing";
    if (this.#stopCapture !== undefined) return "capturing";
    if (this.#loading) return "loading";
    return this.#stopped ? "stopped" : "ready";
  }

  /** To a step; resolves when it is there, or on a long way there. */
  async #to(step: number): Promise<void> {
    await this.#halt();
    this.#reason = undefined;
    const target = Math.max(0, Math.min(step, this.#last));
    const known = Math.min(target, this.#farthest);
    if (this.#position.step !== known || target <= this.#farthest) {
      this.#take(await this.#thread.call("goto", { step: known }));
    }
    if (target <= this.#farthest) return;
    if (target - this.#farthest <= AT_ONCE) this.#take(await this.#thread.call("goto", { step: target }));
    else this.#begin({ to: target, inTime: false, breakOn: NO_BREAKS });
  }

  async #halt(): Promise<void> {
    this.#run = undefined;
    await this.#running;
    this.#tell();
  }

  #begin(run: Run): void {
    this.#reason = undefined;
    this.#run = run;
    this.#running = this.#play(run).catch((error: unknown) => {
      if (this.#run !== run) return;
      this.#run = undefined;
      this.#reason = errorText(error);
      this.#tell();
    });
    this.#tell();
  }

  async #play(run: Run): Promise<void> {
    const began = { wall: this.#clock.monotonic(), virtual: this.#position.clock ?? this.#recording.first ?? 0 };
    const factor = Number(this.#speed);
    while (this.#run === run) {
      const inTime = run.inTime && this.#speed !== "max";
      const untilMs = began.virtual + (this.#clock.monotonic() - began.wall) * factor;
      // While events still come, the time after the last one isn't reached: it goes on with the next.
      const follows = run.to === undefined && this.#stopCapture !== undefined;
      const to = run.to ?? this.#last;
      const request = { ...(inTime && { untilMs }), step: to, mostMs: SLICE_MS, breakOn: run.breakOn };
      const position = await this.#thread.call("advance", request);
      this.#take(position);
      const isThere = position.step >= to && !follows;
      if (position.held || position.stopped === true || isThere) {
        if (this.#run === run) this.#run = undefined;
        this.#tell();
      } else if (inTime || (follows && position.step >= to)) await this.#pause(BEAT_MS);
    }
  }

  #take(position: ReplayPosition, anew?: "anew"): void {
    this.#position = position;
    this.#farthest = anew === undefined ? Math.max(this.#farthest, position.step) : position.step;
    this.#stopped = position.stopped === true;
    this.#reason = position.reason ?? this.#reason;
    this.#tell();
  }
}

/** The memory of bytes that share it with no others: a large file is handed over at once, where copying it takes long. */
function ownMemory({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}
