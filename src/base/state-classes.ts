/**
 * Classes that everything is built from whose instances hang from the Kernel: the
 * state that a checkpoint saves. Each by its name, with the version of its fields; who changes the meaning
 * of a field raises it. test/integration/saveable.test.ts finds what is missing here.
 */
export const stateClasses: Readonly<Record<string, number>> = {
  Block: 1,
  BlockPool: 1,
  WaitQueue: 1,
};
