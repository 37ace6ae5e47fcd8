import { expect, it } from "vitest";
import { overlapWarnings } from "./overlaps.ts";

it("warns of the same network twice and of values that never count", () => {
  expect(
    overlapWarnings([
      { name: "core", cidr: "10.0.0.0/8", value: 3 },
      { name: "core again", cidr: "10.0.0.0/8", value: 1 },
      { name: "quiet", cidr: "10.1.0.0/16", value: 2 },
      { name: "vault", cidr: "10.2.3.4", value: 5 },
      { name: "lab", cidr: "172.16.0.0/12", value: 2, whitelisted: true },
      { name: "bench", cidr: "172.16.9.0/24", value: 2 },
      { name: "printer", cidr: "172.17.0.1", value: 4, whitelisted: true },
      { name: "six", cidr: "2001:db8::/32", value: 5 },
      { name: "seven", cidr: "2001:db8:7::/48", value: 1 },
      { name: "not one", cidr: "ten", value: 1 },
    ]),
  ).toEqual([
    ['10.0.0.0/8 is also "core again" (10.0.0.0/8); the higher value counts for both.'],
    ['10.0.0.0/8 is also "core" (10.0.0.0/8); the higher value counts for both.'],
    ['It is inside "core" (10.0.0.0/8), whose value 3 is higher: its own 2 never counts.'],
    [],
    [],
    ['It is inside "lab" (172.16.0.0/12), which is whitelisted: events whose source is here are ignored.'],
    [],
    [],
    ['It is inside "six" (2001:db8::/32), whose value 5 is higher: its own 1 never counts.'],
    [],
  ]);
});
