/**
 * xattr: extended attributes: flags, limits and the prefixes of names.
 * Source: xattr(7), setxattr(2); include/uapi/linux/xattr.h, include/uapi/linux/limits.h.
 */

import { flagSet } from "./flags.ts";
import { struct, u32, u64 } from "./struct.ts";

export const XATTR_CREATE = 0x1;
export const XATTR_REPLACE = 0x2;
export const XATTR_NAME_MAX = 255;
export const XATTR_SIZE_MAX = 65536;
export const XATTR_LIST_MAX = 65536;

export const xattrFlags = flagSet("xattr", { XATTR_CREATE, XATTR_REPLACE });

export const XATTR_SECURITY_PREFIX = "security.";
export const XATTR_SYSTEM_PREFIX = "system.";
export const XATTR_TRUSTED_PREFIX = "trusted.";
export const XATTR_USER_PREFIX = "user.";
export const XATTR_NAME_CAPS = "security.capability";
export const XATTR_NAME_POSIX_ACL_ACCESS = "system.posix_acl_access";
export const XATTR_NAME_POSIX_ACL_DEFAULT = "system.posix_acl_default";

/** `struct xattr_args`, include/uapi/linux/xattr.h, for setxattrat(2) */
export const xattr_args = struct("xattr_args", { value: u64, size: u32, flags: u32 });
