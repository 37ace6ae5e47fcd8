import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { z } from "zod";

/** What a terminal shows of an alarm record. */
const shownSchema = z.object({
  alarm_id: z.string(),
  title: z.string(),
  status: z.string(),
  risk: z.number(),
  risk_class: z.string(),
  update_time: z.number(),
  src_ips: z.array(z.string()),
  dst_ips: z.array(z.string()),
});
export type ShownAlarm = z.infer<typeof shownSchema>;

const CHUNK_BYTES = 256 * 1024;

/**
 * Follows siem_alarms.json from where it ends now, across rotation and truncation, and hands on each record that is
 * written from here on. The file needn't exist yet.
 */
export class AlarmFollower {
  readonly #path: string;
  readonly #onAlarm: (alarm: ShownAlarm) => void;
  #inode: number | undefined;
  #offset = 0;
  #rest = Buffer.alloc(0);
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string, onAlarm: (alarm: ShownAlarm) => void) {
    this.#path = path;
    this.#onAlarm = onAlarm;
    const stats = statSync(path, { throwIfNoEntry: false });
    this.#inode = stats?.ino;
    this.#offset = stats?.size ?? 0;
  }

  start(everyMs = 150): void {
    this.#timer = setInterval(() => this.poll(), everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.poll();
  }

  /** Reads what is new. */
  poll(): void {
    let fd: number;
    try {
      fd = openSync(this.#path, "r");
    } catch {
      // It isn't there yet, or being rotated: the next look tells.
      return;
    }
    try {
      this.#readFrom(fd);
    } finally {
      closeSync(fd);
    }
  }

  #readFrom(fd: number): void {
    const { ino, size } = fstatSync(fd);
    if (ino !== this.#inode || size < this.#offset) {
      this.#inode = ino;
      this.#offset = 0;
      this.#rest = Buffer.alloc(0);
    }
    while (this.#offset < size) {
      const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size - this.#offset));
      const count = readSync(fd, chunk, 0, chunk.length, this.#offset);
      if (count === 0) return;
      this.#offset += count;
      this.#take(chunk.subarray(0, count));
    }
  }

  #take(chunk: Buffer): void {
    const bytes = Buffer.concat([this.#rest, chunk]);
    const end = bytes.lastIndexOf(10);
    if (end < 0) {
      this.#rest = bytes;
      return;
    }
    this.#rest = bytes.subarray(end + 1);
    for (const line of bytes.toString("utf8", 0, end).split("\n")) this.#line(line);
  }

  #line(line: string): void {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      // Other processes may write to this file too (compat.md §5); what isn't a record isn't shown.
      return;
    }
    const alarm = shownSchema.safeParse(value);
    if (alarm.success) this.#onAlarm(alarm.data);
  }
}
