import { expect, it } from "vitest";
import type { ReloadAnswer } from "../../contract/rpc.ts";
import { BackendSilentError, type Backends } from "../backends.ts";
import { reloadNode } from "./node-reload.ts";

const DONE: ReloadAnswer = {
  ...{ ok: true, files: ["directives_be1.json"], restart: [], milliseconds: 3, touched: [] },
  directives: { same: 1, changed: 1, added: 0, removed: 0 },
  backlogs: { onOldRules: 0, ended: 0 },
};

function answering(answer: () => unknown): Backends {
  return { nodes: () => ["be1"], ask: async () => answer(), listen: () => Promise.reject(new Error("unused")) };
}

const refusal = (code: string, message: string) => () => ({ ok: false, code, message });

it("tells who has taken the files in from who has to be restarted and who wouldn't start", async () => {
  const silent = (): never => {
    throw new BackendSilentError("be1", new Error("nobody answered"));
  };
  const outcomes = [
    () => DONE,
    () => ({ ...DONE, restart: ["intel_a.json", "vuln_b.json"] }),
    refusal("UNKNOWN_METHOD", "there is no method reload"),
    silent,
    refusal("FAILED", "its log says why"),
    refusal("CONFIG_REFUSED", "directives_be1.json: is empty"),
    refusal("FRONTEND_UNAVAILABLE", "it can't be reached"),
  ];
  const reloads = await Promise.all(outcomes.map((answer) => reloadNode(answering(answer), "be1", "somebody")));
  expect(reloads).toEqual([
    { kind: "reloaded", answer: DONE },
    { kind: "needs restart", why: "backend be1 takes in intel_a.json, vuln_b.json only when it starts" },
    { kind: "needs restart", why: "backend be1 is of a version that can't take in files while it runs" },
    { kind: "needs restart", why: "backend be1 doesn't answer: nobody answered" },
    { kind: "needs restart", why: "backend be1 refuses: its log says why" },
    { kind: "refused", why: "backend be1 refuses: directives_be1.json: is empty" },
    { kind: "refused", why: "backend be1 refuses: it can't be reached" },
  ]);
});
