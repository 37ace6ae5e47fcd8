/** Hands a text to the browser as a file to keep. */
export function saveText(name: string, text: string, type = "application/json"): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by the next turn; until then the address must stay.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
