/** Flag sets, name sets, errno names and the small helpers of src/abi. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EAGAIN, ENOENT, ERESTARTSYS, errnoName } from "../../src/abi/errno.ts";
import { errnoText } from "../../src/abi/errno-text.ts";
import { O_CLOEXEC, O_CREAT, O_RDWR, O_SYNC, openFlags } from "../../src/abi/fcntl.ts";
import { flagSet, nameSet } from "../../src/abi/flags.ts";
import { PROT_NONE, PROT_READ, protFlags } from "../../src/abi/mman.ts";
import { signalCodeName } from "../../src/abi/siginfo.ts";
import { signalName } from "../../src/abi/signal.ts";
import {
  continuedStatus,
  exitedStatus,
  signaledStatus,
  stoppedStatus,
  WEXITSTATUS,
  WIFCONTINUED,
  WIFEXITED,
  WIFSIGNALED,
  WIFSTOPPED,
  WSTOPSIG,
  WTERMSIG,
} from "../../src/abi/wait.ts";
import { keepReasons, refuse, takeReason } from "../../src/base/refuse.ts";

test("flagSet: show() names the field and the bits", () => {
  assert.equal(openFlags.show(O_RDWR | O_CREAT | O_CLOEXEC), "O_RDWR|O_CREAT|O_CLOEXEC");
  assert.equal(openFlags.show(0), "O_RDONLY");
  assert.equal(openFlags.show(O_SYNC), "O_RDONLY|O_SYNC");
});

test("flagSet: unknown bits are told and shown in hexadecimal", () => {
  const set = flagSet("few", { ONE: 1, TWO: 2 });
  assert.equal(set.unknown(3), 0);
  assert.equal(set.unknown(0x10003), 0x10000);
  assert.equal(set.show(0x10001), "ONE|0x10000");
  assert.equal(set.show(0), "0");
  assert.equal(set.all, 3);
});

test("flagSet: the top bit is unsigned", () => {
  const set = flagSet("top", { TOP: 0x80000000 });
  assert.equal(set.show(0x80000000), "TOP");
  assert.equal(set.show(-2147483648), "TOP");
  assert.equal(set.all, 0x80000000);
  assert.equal(set.unknown(0xc0000000), 0x40000000);
});

test("flagSet: a field value without a name is shown in hexadecimal", () => {
  assert.equal(openFlags.show(3), "0x3");
});

test("flagSet: a name for zero is shown for zero only", () => {
  assert.equal(protFlags.show(PROT_NONE), "PROT_NONE");
  assert.equal(protFlags.show(PROT_READ), "PROT_READ");
  assert.equal(protFlags.unknown(PROT_READ), 0);
});

test("nameSet: show() prefers the first name and prints others as numbers", () => {
  const set = nameSet("names", { A: 1, ALIAS: 1 });
  assert.equal(set.show(1), "A");
  assert.equal(set.show(-7), "-7");
});

test("errno: names and sentences take either sign", () => {
  assert.equal(errnoName(ENOENT), "ENOENT");
  assert.equal(errnoName(-ENOENT), "ENOENT");
  assert.equal(errnoName(EAGAIN), "EAGAIN");
  assert.equal(errnoName(ERESTARTSYS), "ERESTARTSYS");
  assert.equal(errnoName(4000), "E4000");
  assert.equal(errnoText(-ENOENT), "No such file or directory");
});

test("signal: names of signals and of their codes", () => {
  assert.equal(signalName(9), "SIGKILL");
  assert.equal(signalName(34), "SIGRT_2");
  assert.equal(signalCodeName(11, 1), "SEGV_MAPERR");
  assert.equal(signalCodeName(11, 0), "SI_USER");
  assert.equal(signalCodeName(17, 128), "SI_KERNEL");
});

test("wait: a status says what it was made from", () => {
  assert.ok(WIFEXITED(exitedStatus(3)));
  assert.equal(WEXITSTATUS(exitedStatus(3)), 3);
  assert.ok(WIFSIGNALED(signaledStatus(11, true)));
  assert.equal(WTERMSIG(signaledStatus(11, true)), 11);
  assert.ok(WIFSTOPPED(stoppedStatus(19)));
  assert.equal(WSTOPSIG(stoppedStatus(19)), 19);
  assert.ok(WIFCONTINUED(continuedStatus));
  assert.ok(!WIFSIGNALED(continuedStatus));
});

test("refuse: returns the negative errno, and keeps the reason only when asked to", () => {
  assert.equal(refuse(ENOENT, "nobody listens"), -ENOENT);
  assert.equal(takeReason(), "");
  keepReasons(true);
  refuse(ENOENT, "open: no such name");
  assert.equal(takeReason(), "open: no such name");
  assert.equal(takeReason(), "");
  keepReasons(false);
});
