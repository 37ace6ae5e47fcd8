import { expect, test } from "vitest";
import { type DirectiveDraft, handDraft, handedDraft, watchHanded, writeDraft } from "./draft-store.ts";

const draft: DirectiveDraft = {
  fileName: "directives_be-0_ssh.json",
  fileText: '{"directives":[{"id":7}]}',
  directiveId: 7,
  directiveText: '{"id":7}',
  changed: false,
};

test("the debugger is handed what is edited when it is asked for, and keeps it when the editor goes", () => {
  let heard = 0;
  const stop = watchHanded(() => {
    heard += 1;
  });
  writeDraft(draft);
  expect(handedDraft()).toBeUndefined();
  handDraft();
  expect(handedDraft()).toEqual(draft);
  const first = handedDraft();
  writeDraft(undefined);
  expect(handedDraft()).toBe(first);
  writeDraft(draft);
  handDraft();
  // The same text once more is a wish to replay once more: what is saved may have changed meanwhile.
  expect(handedDraft()).not.toBe(first);
  expect(heard).toBe(2);
  stop();
  handDraft();
  expect(heard).toBe(2);
});
