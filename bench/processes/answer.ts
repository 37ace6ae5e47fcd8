import type { Methods } from "../lib/helper.ts";

/** Makes this process answer calls over its IPC channel, one at a time; it ends when the channel closes. */
export function answerCalls(methods: Methods): void {
  process.on("message", (message) => {
    const { method, params } = message as { method: string; params: never };
    answer(methods, method, params).then(
      (result) => process.send?.({ result }),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
  // What goes wrong in a socket's callback fails the call that is under way.
  process.on("uncaughtException", (error) => process.send?.({ error: error.message }, () => process.exit(1)));
  process.on("disconnect", () => process.exit(0));
  // Ctrl-C reaches the whole group; the bench ends its processes itself, in order.
  process.on("SIGINT", () => undefined);
}

async function answer(methods: Methods, method: string, params: never): Promise<unknown> {
  const found = methods[method];
  if (found === undefined) throw new Error(`there is no method ${method}`);
  return found(params);
}
