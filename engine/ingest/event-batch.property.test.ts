import { it } from "vitest";
import { holds } from "../base/testing/property.ts";
import { DOOR_PROPERTIES } from "./testing/door-properties.ts";

it.each(DOOR_PROPERTIES)("$says (property $number)", async (property) => {
  await holds(property, 500);
});
