import { api } from "./api.ts";

/** Stops a supervised service gracefully and starts it again. */
export async function restart(service: string): Promise<void> {
  await api.post("POST /supervisor/:service/restart", { params: { service } });
}
