/** A value kept by this browser, or undefined. A browser that keeps nothing, or was told not to, is no fault. */
export function readStored(name: string): string | undefined {
  try {
    return localStorage.getItem(`dsiem.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function writeStored(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(`dsiem.${name}`);
    else localStorage.setItem(`dsiem.${name}`, value);
  } catch {
    // It isn't kept then; the page works without.
  }
}
