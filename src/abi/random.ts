/**
 * random: flags of getrandom(2).
 * Source: getrandom(2); include/uapi/linux/random.h.
 */

import { flagSet } from "./flags.ts";

export const GRND_NONBLOCK = 0x1;
export const GRND_RANDOM = 0x2;
export const GRND_INSECURE = 0x4;

export const getrandomFlags = flagSet("getrandom", { GRND_NONBLOCK, GRND_RANDOM, GRND_INSECURE });
