import { statSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { DsiemError, errorText } from "../base/errors.ts";
import { plain } from "../base/log.ts";
import { CASE_EXPECTED_FILE } from "../contract/test-case.ts";
import { caseFoldersIn, checkCase, expectedText, replayCase, unusableOf } from "../replay/case-folder.ts";
import { isSuite, UnfitSuiteError } from "../replay/case-suite.ts";
import type { Terminal } from "./command-line.ts";

/** `dsiem test`: resolves with 1 when a case doesn't pass; with `update` every case is made to expect what it gives. */
export async function testCases(folder: string, update: boolean, terminal: Terminal): Promise<number> {
  let failed = 0;
  let done = 0;
  for (const each of foldersOf(folder)) {
    const name = plain(relative(resolve(folder), resolve(each)) || each);
    const verdict = update ? updated(each) : differences(each);
    if (verdict instanceof UnfitSuiteError) {
      terminal.out(`left out  ${name}: ${plain(verdict.message)}\n`);
      continue;
    }
    done += 1;
    if (verdict.length > 0) failed += 1;
    const lines = verdict.map((line) => `  ${plain(line)}\n`).join("");
    terminal.out(lines === "" ? `${update ? "ok, written" : "ok"}  ${name}\n` : `FAIL  ${name}\n${lines}`);
  }
  if (done === 0) {
    terminal.out("none of them can be replayed\n");
    return 1;
  }
  const all = done === 1 ? "1 case" : `${done} cases`;
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

/** What is wrong, line by line; or why the folder is no case that could be replayed. */
type Verdict = string[] | UnfitSuiteError;

function differences(folder: string): Verdict {
  try {
    return checkCase(folder);
  } catch (error) {
    return whyNot(error);
  }
}

/** What can't be used of a case's events would be missing in what it expects from now on: then nothing is written. */
function updated(folder: string): Verdict {
  if (isSuite(folder)) return new UnfitSuiteError("a suite says what was recorded, and isn't written anew");
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

function whyNot(error: unknown): Verdict {
  if (error instanceof UnfitSuiteError) return error;
  if (error instanceof DsiemError || isSystemError(error)) return errorText(error).split("\n");
  throw error;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "code" in error && "syscall" in error;
}
