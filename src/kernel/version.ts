/**
 * What the kernel calls itself (uname(2), /proc/version). The release says which Linux's interface
 * programs may expect; the version says who answers.
 */
export const SYSTEM_NAME = "Linux";
export const RELEASE = "6.18.0-tvisor";
export const VERSION = "#1 SMP tvisor 0.1.0";
/** The line of /proc/version. */
export const BANNER = `Linux version ${RELEASE} (tvisor@tvisor) (TypeScript) ${VERSION}`;
