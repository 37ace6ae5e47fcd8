import { api } from "../client/api.ts";
import { showToast } from "../ui/toast.tsx";

/** Stops a supervised service gracefully and starts it again; says so, or why it can't be. */
export async function restartService(service: string): Promise<void> {
  try {
    await api.post("POST /supervisor/:service/restart", { params: { service } });
    showToast({ level: "ok", text: `${service} is being restarted; its state is kept` });
  } catch (error) {
    showToast({ level: "bad", text: error instanceof Error ? error.message : String(error) });
  }
}
