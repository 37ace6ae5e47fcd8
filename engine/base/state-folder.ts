import { join } from "node:path";

/**
 * What services, supervisor and console keep for themselves in a data folder; a folder that somebody brought thus gets
 * nothing of ours but this, the logs beside it and console.db (operation.md §2).
 */
export function stateFolder(dataDir: string): string {
  return join(dataDir, "logs", ".state");
}
