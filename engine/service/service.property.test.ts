import { it } from "vitest";
import { holds } from "../base/testing/property.ts";
import { INTAKE_PROPERTIES } from "./testing/intake-property.ts";
import { RCVD_TIME_PROPERTIES } from "./testing/rcvd-time-property.ts";
import { RELOAD_PROPERTIES } from "./testing/reload-property.ts";
import { STATE_PROPERTIES } from "./testing/state-properties.ts";

const RUNS = 300;

it.each([...INTAKE_PROPERTIES, ...RCVD_TIME_PROPERTIES, ...STATE_PROPERTIES, ...RELOAD_PROPERTIES])(
  "$says (property $number)",
  async (property) => {
    await holds(property, Math.ceil(RUNS * property.share));
  },
);
