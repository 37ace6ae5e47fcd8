import { expect, test } from "vitest";
import { Redaction } from "./redaction.ts";

const redaction = () => new Redaction("/somewhere/ann", "ann-s-laptop");

test("each address has one stand-in, and what every machine has stays", () => {
  const one = redaction();
  const text = (line: string) => one.text(line);
  expect(text("10.1.2.3 asked 10.1.2.30:8080, then 10.1.2.3 again from 127.0.0.1")).toBe(
    "address-1 asked address-2:8080, then address-1 again from 127.0.0.1",
  );
  expect(text("[2001:db8::1]:80 and fe80::1, not ::1 nor dsiem::backend at 14:49:10")).toBe(
    "[address-3]:80 and address-4, not ::1 nor dsiem::backend at 14:49:10",
  );
});

test("secrets and names are gone", () => {
  const token = "mc_iZBuAX3A8Dp4SfDU_xMjUQ9a_EI11_97E3bmr5p4";
  expect(redaction().text(`/login?code=${token} by ann-s-laptop in /somewhere/ann/x`)).toBe(
    "/login?code=[secret] by this-host in ~/x",
  );
  expect(redaction().value({ list: [token, 1, null], inner: { at: "192.0.2.1" } })).toEqual({
    list: ["[secret]", 1, null],
    inner: { at: "address-1" },
  });
});

test("what fields and quotations say isn't shown, figures are", () => {
  expect(
    redaction().line('INFO: stopped requests=12 ok=true title="GET /a \\" b" data folder=/x from "an event"'),
  ).toBe('INFO: stopped requests=12 ok=true title=… data folder=… from "…"');
});
