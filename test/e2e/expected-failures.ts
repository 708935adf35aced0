/**
 * Whole-program tests that tvisor is known to fail: "title of the test": "what is missing, as a sentence".
 * A listed test must still differ from Linux; when it passes, it fails until it is taken off the list.
 */
export const expectedFailures: Readonly<Record<string, string>> = {};
