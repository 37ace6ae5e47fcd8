import assert from "node:assert/strict";
import fc from "fast-check";
import { type Property, property } from "../../base/testing/property.ts";
import { bytes, Cleanup, published, TcpProxy, text, until } from "../bus.fixture.ts";
import type { StreamPosition } from "../bus.ts";
import { frontend, numbers, recordingBackend } from "../link.fixture.ts";

/** A backend whose process can be killed and whose state can't: what it commits is here. */
interface Disk {
  committed: string[];
  resume: StreamPosition | undefined;
}

/** Every third event changes the state; the others are acknowledged without a trace once nothing before them waits. */
const changesState = (event: string) => Number(event) % 3 === 0;

/** One life of a backend: commits and acknowledges as it goes along, until the returned function kills it. */
function life(url: string, disk: Disk, { commitEvery, ackEvery }: { commitEvery: number; ackEvery: number }) {
  let uncommitted: string[] = [];
  let seen = 0;
  const { bus, kill } = recordingBackend(url, disk.resume, (payload, position) => {
    const event = text(payload);
    if (changesState(event)) uncommitted.push(event);
    seen += 1;
    if (uncommitted.length >= commitEvery) {
      disk.committed.push(...uncommitted);
      uncommitted = [];
      disk.resume = bus.streamPosition(position) ?? disk.resume;
    }
    if (uncommitted.length === 0 && seen % ackEvery === 0) bus.ack(position);
  });
  return kill;
}

const lives = fc.array(
  fc.record({
    events: fc.integer({ min: 1, max: 200 }),
    commitEvery: fc.integer({ min: 1, max: 6 }),
    ackEvery: fc.integer({ min: 1, max: 9 }),
    waits: fc.boolean(),
  }),
  { minLength: 3, maxLength: 8 },
);

const resumed = property(
  {
    number: 5,
    name: "replay",
    says: "is given nothing again that its state has, wherever between commit and acknowledgement it is killed",
    // Each run is a session of several processes over real sockets.
    share: 0.01,
    cases: ["a life that committed", "a life that committed nothing"],
  },
  (seen) =>
    fc.asyncProperty(lives, async (rounds) => {
      const own = new Cleanup();
      try {
        const fe = await frontend(own, { maxBuffered: 1_000_000 });
        const proxy = own.add(await TcpProxy.start(fe.door.port), (opened) => opened.close());
        const url = `http://127.0.0.1:${proxy.port}`;
        const disk: Disk = { committed: [], resume: undefined };
        let next = 0;
        for (const round of rounds) {
          const kill = life(url, disk, round);
          const before = disk.committed.length;
          await published(fe.bus, numbers(next, next + round.events).map(bytes));
          next += round.events;
          if (round.waits) await until(() => disk.committed.length > before || round.events < 20, "a commit");
          proxy.cut();
          await kill();
          seen.note(disk.committed.length > before ? "a life that committed" : "a life that committed nothing");
        }
        const kill = life(url, disk, { commitEvery: 1, ackEvery: 1 });
        const expected = numbers(0, next).filter(changesState);
        await until(() => disk.committed.length >= expected.length, "the rest");
        assert.equal(await fe.bus.drain(2000), 0);
        assert.deepEqual(disk.committed, expected);
        await kill();
      } finally {
        await own.run();
      }
    }),
);

export const RESUME_PROPERTIES: readonly Property[] = [resumed];
