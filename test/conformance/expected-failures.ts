/**
 * Cases that tvisor is known to fail, each with its reason: "topic/name": "what is missing".
 * A listed case counts as work to do. When it passes, the suite fails until it is taken off the list.
 */
export const expectedFailures: Readonly<Record<string, string>> = {};
