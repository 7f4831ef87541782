// @ts-check
// Equality of plain values, such as the fields of two messages.

/** @type {(a: unknown, b: unknown) => boolean} */
export const isEqual = (a, b) => JSON.stringify(a) === JSON.stringify(b);
