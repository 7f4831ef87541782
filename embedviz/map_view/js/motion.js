// @ts-check
// Whether the person asked the system for less motion.

export const prefersReducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
