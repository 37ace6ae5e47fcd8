import { DsiemError } from "../base/errors.ts";

/** Another process runs this node on this folder (operation.md §2). */
export class StateLockedError extends DsiemError {
  constructor(path: string) {
    super("STATE_LOCKED", `another process already runs this node on this folder: it holds ${path}`);
  }
}

export class StateTooNewError extends DsiemError {
  constructor(path: string, version: number, known: number) {
    super(
      "STATE_TOO_NEW",
      `${path} was written by a newer version of this program (its schema is ${version}, this one knows ${known})`,
    );
  }
}

/** The database can't be trusted; it is set aside. */
export class StateCorruptError extends DsiemError {
  constructor(path: string, reason: string, cause?: unknown) {
    super("STATE_CORRUPT", `${path} is damaged: ${reason}`, { cause });
  }
}
