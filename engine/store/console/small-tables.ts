import type { DatabaseSync } from "node:sqlite";
import type { SavedView } from "../../contract/console/alarms.ts";
import { DEFAULT_SETTINGS, type Settings, settingsSchema } from "../../contract/console/session.ts";

export function readViews(db: DatabaseSync): SavedView[] {
  const rows = db.prepare("SELECT id, name, screen, search FROM view ORDER BY name COLLATE NOCASE, id").all();
  return rows.map(({ id, name, screen, search }) => ({
    ...{ id: String(id), name: String(name), screen: String(screen), search: String(search) },
  }));
}

export function writeView(db: DatabaseSync, { id, name, screen, search }: SavedView): void {
  db.prepare("INSERT OR REPLACE INTO view(id, name, screen, search) VALUES(?, ?, ?, ?)").run(id, name, screen, search);
}

export function deleteView(db: DatabaseSync, id: string): boolean {
  return db.prepare("DELETE FROM view WHERE id = ?").run(id).changes > 0;
}

/** The settings, with the default in place of what was never set or can't be read any more. */
export function readSettings(db: DatabaseSync): Settings {
  const settings: Record<string, unknown> = { ...DEFAULT_SETTINGS };
  for (const { key, value } of db.prepare("SELECT key, value FROM setting").all()) {
    const changed = { ...settings, [String(key)]: JSON.parse(String(value)) };
    if (settingsSchema.safeParse(changed).success) settings[String(key)] = changed[String(key)];
  }
  return settingsSchema.parse(settings);
}

/** Some of the settings; what is missing stays. */
export type SettingsChange = { readonly [K in keyof Settings]?: Settings[K] | undefined };

export function writeSettings(db: DatabaseSync, changes: SettingsChange): void {
  const put = db.prepare("INSERT OR REPLACE INTO setting(key, value) VALUES(?, ?)");
  for (const [key, value] of Object.entries(changes)) if (value !== undefined) put.run(key, JSON.stringify(value));
}
