import { it } from "vitest";
import { holds } from "../base/testing/property.ts";
import { RECORDER_PROPERTIES } from "./testing/recorder-property.ts";

it.each(RECORDER_PROPERTIES)("$says (property $number)", async (property) => {
  await holds(property, 300);
});
