import { errorText } from "../base/errors.ts";
import type { ReplayCallName, ReplayCalls, ReplaySetting } from "../contract/replay-thread.ts";
import { Session } from "./session.ts";

/** The table of what a replay's thread can be asked. */
export type SessionCalls = {
  [N in ReplayCallName]: (request: ReplayCalls[N]["request"]) => ReplayCalls[N]["answer"];
};

/**
 * The calls of one replay. With directives that can't be loaded every call is answered with why, until there are others.
 * `now`: milliseconds of a clock that never goes back.
 */
export function sessionCalls(setting: ReplaySetting, now: () => number): SessionCalls {
  let opened: Session | Error = open(setting, now);
  const session = (): Session => {
    if (opened instanceof Error) throw opened;
    return opened;
  };
  return {
    append: ({ text }) => session().append(text),
    directives: (request) => {
      if (!(opened instanceof Error)) return opened.directives(request);
      opened = open(request, now);
      return session().position(false);
    },
    goto: ({ step }) => session().goTo(step),
    advance: (request) => session().advance(request),
    rows: (request) => session().rows(request),
    step: (request) => session().step(request),
    keep: (request) => session().keep(request),
    ticks: ({ parts }) => session().ticks(parts),
  };
}

function open(setting: ReplaySetting, now: () => number): Session | Error {
  try {
    return new Session(setting, now);
  } catch (error) {
    return error instanceof Error ? error : new Error(errorText(error));
  }
}
