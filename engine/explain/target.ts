import type { Population } from "../backlog/population.ts";
import type { LastExpired } from "./expired.ts";

/** What an explanation looks at: a correlator is one. Nothing of it is changed. */
export type ExplainTarget = Pick<
  Population,
  "interest" | "inventory" | "slotOf" | "loadedDirectives" | "backlogs" | "backlogsOf"
>;

export interface ExplainOptions {
  /** Only this directive, whether or not it is interested. */
  directiveId?: number | undefined;
  /** This live backlog first, whether or not it came near, and only its directive. */
  backlogId?: string | undefined;
  /** Directives that are explained one by one; of the others it is said how many there are. */
  mostDirectives?: number | undefined;
  /** Which backlogs expired, where somebody remembers. */
  lastExpired?: LastExpired | undefined;
  /** Attempts that are shown of each. */
  mostAttempts?: number | undefined;
}

export const DEFAULT_DIRECTIVES = 20;
export const DEFAULT_ATTEMPTS = 5;
