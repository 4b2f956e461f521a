/** Texts of files that people give: only in UTF-8. */

/** A text, or at which line it stops being UTF-8. */
export function decoded(bytes: Uint8Array): { readonly text: string } | { readonly brokenAt: number } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const lossy = new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
    const wrong = lossy.findIndex((byte, index) => byte !== bytes[index]);
    return { brokenAt: bytes.subarray(0, wrong).filter((byte) => byte === 0x0a).length + 1 };
  }
}
