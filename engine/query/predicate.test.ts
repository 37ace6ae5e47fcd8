import { expect, it } from "vitest";
import { parseQuery } from "./parse.ts";
import { type FieldTable, predicateOf } from "./predicate.ts";

interface Login {
  user: string;
  addresses: string[];
  tries: number;
  at: number;
}

const NOW = Date.UTC(2026, 10, 28, 12);
const HOUR = 3_600_000;
const LOGINS: FieldTable<Login> = {
  fields: {
    user: { kind: "text", get: ({ user }) => user },
    ip: { kind: "address", get: ({ addresses }) => addresses },
    tries: { kind: "number", get: ({ tries }) => tries },
    at: { kind: "time", get: ({ at }) => at },
    age: { kind: "age", of: "at" },
    is: { kind: "choice", values: ["many", "few"], is: ({ tries }, value) => tries > 3 === (value === "many") },
  },
  texts: ({ user, addresses }) => [user, ...addresses],
};
const login: Login = { user: "Root User", addresses: ["10.1.2.3", "2001:db8::5"], tries: 4, at: NOW - 2 * HOUR };

it.each<[string, boolean]>([
  ["", true],
  ["root", true],
  ["ROOT*user", true],
  ["user:root", false],
  ['user:"root user"', true],
  ["user:r*t*", true],
  ["user:r*x*", false],
  ["user~t*u", true],
  ["user:admin|root*", true],
  ["ip:10.0.0.0/8", true],
  ["ip:2001:db8::/32", true],
  ["-ip:192.0.2.0/24", true],
  ["tries>=4 tries<5", true],
  ["tries>4", false],
  ["tries:1|4", true],
  ["is:many", true],
  ["is:few", false],
  ["age<3h", true],
  ["age<1h", false],
  ["age>1h", true],
  ["at:2026-11-28", true],
  ["at>2026-11-28", false],
  ["at>=2026-11-28T10:00", true],
  ["at:2026-11-28T10:00", true],
  ["at<2026-11-28T10:00", false],
  ["at<=2026-11-28T10:00", true],
  ["at>=2026-11-28T12:00+01:00", false],
  ["admin OR tries:4", true],
  ["(admin OR root) tries:5", false],
])("%s finds it: %s", (text, found) => {
  expect(predicateOf(parseQuery(text, LOGINS), LOGINS)(login, NOW)).toBe(found);
});
