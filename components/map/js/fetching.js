// Packed bytes from the app, checked for their length.

export const count = (n) => n.toLocaleString("en");

// early: Map of address -> promise of an answer, asked for before this module was there; each is used once.
// Rejects with a sentence for the person when the server refuses or sends another number of bytes than expected.
export async function fetchBytes(address, expected, what, { signal, early } = {}) {
  let answer;
  try {
    const asked = early?.get(address);
    early?.delete(address);
    answer = (await asked) ?? (await fetch(new URL(address, document.baseURI), { signal }));
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error(`The map's ${what} could not be fetched: the server does not answer.`);
  }
  if (!answer.ok) throw new Error(`The map's ${what} could not be fetched: the server answered ${answer.status}.`);
  const bytes = await answer.arrayBuffer();
  if (bytes.byteLength !== expected) {
    throw new Error(`The map's ${what} should be ${count(expected)} bytes, but ${count(bytes.byteLength)} came.`);
  }
  return bytes;
}
