import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NatsEventStream } from "./nats-event-stream.ts";

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

interface Frame {
  bytes: Buffer;
  /** The payload when it is an event of subscription 7. */
  event: Buffer | undefined;
}

function eventFrame(payload: Buffer, reply: string): Frame {
  const header = latin1(`MSG dsiem_events 7 ${reply}${payload.length}\r\n`);
  return { bytes: Buffer.concat([header, payload, latin1("\r\n")]), event: payload };
}

/** Payloads that look like protocol, so that losing the frames shows. */
const payload = fc.oneof(
  fc.constantFrom("", "\r\n", "MSG dsiem_events 7 3\r\nabc\r\n", "PING\r\n", "MSG ", '{"event_id":"e"}').map(latin1),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
);

const frame: fc.Arbitrary<Frame> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(payload, fc.constantFrom("", "_INBOX.x.1 ", "12 ")).map(([p, r]) => eventFrame(p, r)),
  },
  fc
    .constantFrom("PING\r\n", "PONG\r\n", "+OK\r\n", "-ERR 'MSG too much'\r\n", 'INFO {"a":"MSG dsiem_events 7 3"}\r\n')
    .map(other),
  payload.map((p) => other(`MSG dsiem_overload_signals 3 ${p.length}\r\n${p.toString("latin1")}\r\n`)),
  payload.map((p) => other(`MSG dsiem_events 8 ${p.length}\r\n${p.toString("latin1")}\r\n`)),
  payload.map((p) => other(`MSG dsiem_events_x 7 ${p.length}\r\n${p.toString("latin1")}\r\n`)),
  payload.map((p) => other(`HMSG dsiem_events 7 12 ${p.length + 12}\r\nNATS/1.0\r\n\r\n${p.toString("latin1")}\r\n`)),
);

function other(text: string): Frame {
  return { bytes: latin1(text), event: undefined };
}

/** Feeds the bytes in pieces of these lengths, again and again. */
function feed(bytes: Buffer, pieces: readonly number[]): { events: Buffer[]; rest: Buffer } {
  const stream = new NatsEventStream();
  const events: Buffer[] = [];
  stream.listen(7, (event) => events.push(Buffer.from(event)));
  const rest: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = pieces[i % pieces.length] ?? bytes.length;
    rest.push(...stream.take(bytes.subarray(at, at + length)));
    at += length;
  }
  return { events, rest: Buffer.concat(rest) };
}

describe("the events of a NATS connection", () => {
  it("are taken out whole and in order, and the client gets everything else, however the bytes come", () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 20, size: "max" }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }),
        (frames, pieces) => {
          const { events, rest } = feed(Buffer.concat(frames.map((each) => each.bytes)), pieces);
          expect(events).toEqual(frames.flatMap((each) => each.event ?? []));
          expect(rest.toString("latin1")).toBe(
            frames.map((each) => (each.event === undefined ? each.bytes.toString("latin1") : "")).join(""),
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("go to the client once nobody listens any more", () => {
    const stream = new NatsEventStream();
    const { bytes } = eventFrame(latin1("abc"), "");
    stream.listen(7, () => undefined);
    expect(stream.take(bytes)).toEqual([]);
    stream.forget(7);
    expect(Buffer.concat(stream.take(bytes))).toEqual(bytes);
  });

  it("end with a control line that never ends", () => {
    const stream = new NatsEventStream();
    const endless = Buffer.alloc(700_000, "x");
    expect(() => {
      for (let i = 0; i < 3; i++) stream.take(endless);
    }).toThrow("without an end");
  });
});
