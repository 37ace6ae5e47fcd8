import type { ConsoleStore } from "../../store/console/console-store.ts";

/** The console's database, as the alarms need it. */
export type AlarmStore = Pick<ConsoleStore, "read" | "write" | "onChange" | "isWatched" | "trouble" | "backUp">;
