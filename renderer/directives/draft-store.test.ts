import { expect, test } from "vitest";
import { type DirectiveDraft, readDraft, useDirectiveDraft, watchDraft, writeDraft } from "./draft-store.ts";

const draft: DirectiveDraft = {
  fileName: "directives_be-0_ssh.json",
  fileText: '{"directives":[{"id":7}]}',
  directiveId: 7,
  directiveText: '{"id":7}',
  changed: false,
};

test("whoever watches hears of each draft until it stops watching", () => {
  const seen: (number | undefined)[] = [];
  const stop = watchDraft(() => seen.push(readDraft()?.directiveId));
  writeDraft(draft);
  writeDraft(undefined);
  stop();
  writeDraft(draft);
  expect(seen).toEqual([7, undefined]);
  expect(readDraft()).toBe(draft);
  expect(useDirectiveDraft).toBeTypeOf("function");
});
