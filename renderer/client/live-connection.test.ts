import { describe, expect, it } from "vitest";
import { LiveConnection } from "./live-connection.ts";
import type { LivePlace, LiveSocket } from "./live-types.ts";

/** A browser in which time, frames and sockets are moved by hand. */
class Place implements LivePlace {
  clock = 0;
  sockets: (LiveSocket & { sent: unknown[]; closed: boolean })[] = [];
  refuse = false;
  #timers: { at: number; run: () => void }[] = [];
  #frames: (() => void)[] = [];

  now = () => this.clock;
  after = (milliseconds: number, run: () => void) => {
    const timer = { at: this.clock + milliseconds, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  };
  frame = (run: () => void) => {
    this.#frames.push(run);
  };
  connect = async () => {
    if (this.refuse) throw new Error("refused");
    const sent: unknown[] = [];
    const socket: LiveSocket & { sent: unknown[]; closed: boolean } = {
      sent,
      closed: false,
      send: (text) => sent.push(JSON.parse(text)),
      close: () => {
        socket.closed = true;
      },
      onmessage: null,
      onclose: null,
    };
    this.sockets.push(socket);
    return socket;
  };

  /** Lets time pass, and whatever was promised by then happen. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.clock + milliseconds;
    await settle();
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > until) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.clock = next.at;
      next.run();
      await settle();
    }
    this.clock = until;
  }
  paint(): void {
    const frames = this.#frames;
    this.#frames = [];
    for (const run of frames) run();
  }
  get socket() {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("Nothing was connected.");
    return socket;
  }
  says(message: unknown): void {
    this.socket.onmessage?.({ data: JSON.stringify(message) });
  }
}
const settle = async () => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};

async function subscribed() {
  const place = new Place();
  const live = new LiveConnection(place);
  const heard: unknown[] = [];
  const stop = live.subscribe(
    "job",
    { id: "j" },
    {
      snapshot: (data, again) => heard.push(["snapshot", data.done, again]),
      delta: (data) => heard.push(["delta", data.done]),
      error: (fault) => heard.push(["error", fault]),
    },
  );
  await place.pass(0);
  return { place, live, heard, stop };
}
const job = (done: number) => ({ done, total: 9, finished: false });

describe("the live connection", () => {
  it("delivers what came in one batch per frame", async () => {
    const { place, heard } = await subscribed();
    expect(place.socket.sent).toEqual([{ type: "subscribe", id: 1, topic: "job", params: { id: "j" } }]);
    place.says({ type: "snapshot", id: 1, seq: 1, data: job(1) });
    place.says({ type: "delta", id: 1, seq: 2, data: job(2) });
    expect(heard).toEqual([]);
    place.paint();
    expect(heard).toEqual([
      ["snapshot", 1, false],
      ["delta", 2],
    ]);
  });

  it("asks for a new snapshot when a number is missing, and takes no delta until it is there", async () => {
    const { place, heard } = await subscribed();
    place.says({ type: "snapshot", id: 1, seq: 1, data: job(1) });
    place.says({ type: "delta", id: 1, seq: 3, data: job(3) });
    place.says({ type: "delta", id: 1, seq: 4, data: job(4) });
    place.paint();
    expect(heard).toEqual([["snapshot", 1, false]]);
    expect(place.socket.sent).toHaveLength(2);
    place.says({ type: "snapshot", id: 1, seq: 9, data: job(5) });
    place.says({ type: "delta", id: 1, seq: 10, data: job(6) });
    place.paint();
    expect(heard.slice(1)).toEqual([
      ["snapshot", 5, true],
      ["delta", 6],
    ]);
  });

  it("comes back by itself with growing waits, and subscribes again", async () => {
    const { place, live, heard } = await subscribed();
    place.says({ type: "snapshot", id: 1, seq: 1, data: job(1) });
    place.paint();
    place.refuse = true;
    place.socket.onclose?.();
    expect(live.status).toEqual({ kind: "lost", since: 0, retryAt: 500 });
    await place.pass(500);
    expect(live.status).toMatchObject({ kind: "lost", since: 0, retryAt: 1_500 });
    place.refuse = false;
    await place.pass(1_000);
    expect(live.status.kind).toBe("open");
    expect(place.socket.sent).toHaveLength(1);
    place.says({ type: "snapshot", id: 1, seq: 1, data: job(7) });
    place.paint();
    expect(heard.at(-1)).toEqual(["snapshot", 7, true]);
  });

  it("takes 15 seconds without a word for the end", async () => {
    const { place, live } = await subscribed();
    await place.pass(10_000);
    place.says({ type: "ping" });
    await place.pass(14_000);
    expect(live.status.kind).toBe("open");
    const first = place.socket;
    place.refuse = true;
    await place.pass(6_000);
    expect(first.closed).toBe(true);
    expect(live.status.kind).toBe("lost");
  });

  it("tells faults with their place, and hears nothing any more of what it left", async () => {
    const { place, heard, stop } = await subscribed();
    place.says({ type: "error", id: 1, error: "There is no field x.", column: 3, length: 1 });
    place.paint();
    expect(heard).toEqual([["error", { text: "There is no field x.", column: 3, length: 1 }]]);
    stop();
    expect(place.socket.sent.at(-1)).toEqual({ type: "unsubscribe", id: 1 });
    place.says({ type: "snapshot", id: 1, seq: 1, data: job(1) });
    place.paint();
    expect(heard).toHaveLength(1);
  });

  it("doesn't heap up what a sleeping page can't take: it asks for one snapshot", async () => {
    const { place, heard } = await subscribed();
    place.says({ type: "snapshot", id: 1, seq: 1, data: job(1) });
    for (let seq = 2; seq < 2_500; seq++) place.says({ type: "delta", id: 1, seq, data: job(seq) });
    expect(place.socket.sent.length).toBeGreaterThan(1);
    place.says({ type: "snapshot", id: 1, seq: 5_000, data: job(9) });
    place.paint();
    expect(heard.at(-1)).toEqual(["snapshot", 9, false]);
    expect(heard).toHaveLength(1);
  });

  it("stays away once it was stopped", async () => {
    const { place, live } = await subscribed();
    live.stop();
    expect(place.socket.closed).toBe(true);
    await place.pass(60_000);
    expect(place.sockets).toHaveLength(1);
  });
});
