/** How a log names who asked: a browser whose person hasn't said a name yet asks under an empty one. */
export function nameOf(user: string): string {
  return user === "" ? "somebody at the console" : user;
}
