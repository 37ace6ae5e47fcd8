/** Waits for work that may take too long, or for ever. True when it was done within the time. */
export async function within(milliseconds: number, work: Promise<unknown> | undefined): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([Promise.resolve(work).then(() => true), timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
