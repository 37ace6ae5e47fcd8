import type { Duplex } from "node:stream";

/** Answers an upgrade that isn't granted, such as `403 Forbidden`, and ends its connection. */
export function refuseUpgrade(socket: Duplex, status: string, reason: string): void {
  socket.on("error", () => socket.destroy());
  // The server's sockets may be half open, and upgraded ones have no timeout: a client that never closes would keep
  // this one, and with it the whole server, from ever being closed.
  socket.once("finish", () => socket.destroy());
  socket.resume();
  const body = `${reason}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
