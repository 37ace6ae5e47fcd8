import { statSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { DsiemError, errorText } from "../base/errors.ts";
import { plain } from "../base/log.ts";
import { CASE_EXPECTED_FILE } from "../contract/test-case.ts";
import { caseFoldersIn, checkCase, expectedText, replayCase, unusableOf } from "../replay/case-folder.ts";
import type { Terminal } from "./command-line.ts";

/** `dsiem test`: resolves with 1 when a case doesn't pass; with `update` every case is made to expect what it gives. */
export async function testCases(folder: string, update: boolean, terminal: Terminal): Promise<number> {
  const cases = foldersOf(folder);
  let failed = 0;
  for (const each of cases) {
    const name = plain(relative(resolve(folder), resolve(each)) || each);
    const lines = update ? updated(each) : differences(each);
    if (lines.length === 0) {
      terminal.out(`${update ? "ok, written" : "ok"}  ${name}\n`);
      continue;
    }
    failed += 1;
    terminal.out(`FAIL  ${name}\n${lines.map((line) => `  ${plain(line)}\n`).join("")}`);
  }
  const all = cases.length === 1 ? "1 case" : `${cases.length} cases`;
  terminal.out(failed === 0 ? `${all}, all as expected\n` : `${failed} of ${all} failed\n`);
  return failed === 0 ? 0 : 1;
}

function foldersOf(folder: string): string[] {
  let cases: string[] = [];
  try {
    if (statSync(folder).isDirectory()) cases = caseFoldersIn(folder);
  } catch (error) {
    throw new DsiemError("UNREADABLE", `the test cases can't be read: ${errorText(error)}`, { cause: error });
  }
  if (cases.length === 0) {
    throw new DsiemError(
      "NO_CASES",
      `there is no test case in ${folder}: none of its folders has an ${CASE_EXPECTED_FILE}`,
    );
  }
  return cases;
}

function differences(folder: string): string[] {
  try {
    return checkCase(folder);
  } catch (error) {
    return whyNot(error);
  }
}

/** What can't be used of a case's events would be missing in what it expects from now on: then nothing is written. */
function updated(folder: string): string[] {
  try {
    const outcome = replayCase(folder);
    const unusable = unusableOf(outcome);
    if (unusable.length > 0) return unusable;
    writeFileSync(join(folder, CASE_EXPECTED_FILE), expectedText(outcome));
    return [];
  } catch (error) {
    return whyNot(error);
  }
}

function whyNot(error: unknown): string[] {
  if (error instanceof DsiemError || isSystemError(error)) return errorText(error).split("\n");
  throw error;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "code" in error && "syscall" in error;
}
