import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fittingJson, packed } from "./fitting.ts";

describe("what has to fit a message", () => {
  it("is left alone when it does", () => {
    expect(fittingJson({ a: [1, "é"] }, 14)).toBe('{"a":[1,"é"]}');
  });

  it("keeps the beginnings of its lists, and says how long they are", () => {
    const addresses = Array.from({ length: 10_000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
    const text = fittingJson({ seq: 7, record: { src_ips: addresses, networks: ["10.0.0.0/8"] } }, 50_000);
    const read = JSON.parse(text ?? "");
    expect(read.record.src_ips).toEqual(addresses.slice(0, 1024));
    expect(read).toMatchObject({ seq: 7, record: { networks: ["10.0.0.0/8"] } });
    expect(read.shortened).toEqual({ "record.src_ips": 10_000 });
  });

  it("keeps the beginnings of its texts, never half a character", () => {
    const read = JSON.parse(fittingJson({ a: { b: [`x${"😀".repeat(100_000)}`] } }, 3000) ?? "");
    expect(read.shortened).toEqual({ "a.b.0": 200_001 });
    expect(read.a.b[0].isWellFormed()).toBe(true);
    expect(read.a.b[0]).toMatch(/^x(😀)+\ufffd…$/u);
  });

  it("is given up when nothing of it is long enough to be cut", () => {
    expect(fittingJson(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k${i}`, i])), 1000)).toBeUndefined();
  });

  it("fits, whatever it is, and its keys stay what they are", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.integer({ min: 2, max: 400 }), (value, maxBytes) => {
        const text = fittingJson(value, maxBytes);
        if (text === undefined) return;
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBytes);
        expect(Object.keys(JSON.parse(text))).toEqual(expect.arrayContaining(Object.keys(value)));
      }),
      { numRuns: 500 },
    );
  });

  it("is divided among messages in order, none larger than allowed", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 20, unit: "grapheme" })), (texts) => {
        const packets = packed(texts, 100);
        expect(packets.flat()).toEqual(texts);
        for (const packet of packets) expect(packet.length).toBeGreaterThan(0);
        for (const packet of packets) {
          if (packet.length > 1) expect(Buffer.byteLength(packet.join())).toBeLessThan(100);
        }
      }),
    );
  });
});
