/** Ids of a mount: what is seen, what is kept, and what has none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EOVERFLOW } from "../../abi/errno.ts";
import { Credentials } from "../cred/credentials.ts";
import { IdMap, NO_ID } from "../ns/id-map.ts";
import { FIRST_USER_NAMESPACE, UserNamespace } from "../ns/user-namespace.ts";
import { checkMaker, checkOwner, hasOwner, MountIds, seenThrough } from "./mount-ids.ts";

const map = (inside: number, outside: number, count: number) =>
  new IdMap([{ inside, outside, count }]);
const shown = { uids: map(0, 10000, 100), gids: map(5, 20000, 10) };
const ids = new MountIds(shown, FIRST_USER_NAMESPACE);

test("mount ids: seen one way, kept the other", () => {
  assert.equal(ids.seenUid(7), 10007);
  assert.equal(ids.keptUid(10007), 7);
  assert.equal(ids.seenGid(5), 20000);
  assert.equal(ids.keptGid(20009), 14);
  assert.deepEqual(ids.seen({ mode: 0o100644, uid: 0, gid: 5 }), {
    mode: 0o100644,
    uid: 10000,
    gid: 20000,
  });
});

test("mount ids: an id outside the maps is nobody's, at both ends of a range", () => {
  assert.deepEqual(
    [99, 100].map((uid) => ids.seenUid(uid)),
    [10099, NO_ID],
  );
  assert.deepEqual(
    [4, 14, 15].map((gid) => ids.seenGid(gid)),
    [NO_ID, 20009, NO_ID],
  );
  assert.deepEqual(
    [9999, 10100, NO_ID].map((uid) => ids.keptUid(uid)),
    [NO_ID, NO_ID, NO_ID],
  );
  assert.ok(!hasOwner(ids.seen({ mode: 0, uid: 0, gid: 0 })));
  assert.equal(checkOwner(ids, { mode: 0, uid: 100, gid: 5 }), -EOVERFLOW);
  assert.equal(checkOwner(ids, { mode: 0, uid: 0, gid: 5 }), 0);
});

test("mount ids: nobody has power over a file without an owner, the first root neither", () => {
  const root = Credentials.forUser(0, 0, []);
  assert.ok(root.hasOver({ uid: 70000, gid: 70000 }, 1));
  assert.ok(!root.hasOver(ids.seen({ mode: 0, uid: 100, gid: 5 }), 1));
});

test("mount ids: a filesystem of a user namespace keeps that namespace's ids", () => {
  const namespace = new UserNamespace(1, FIRST_USER_NAMESPACE, 0, 0);
  namespace.uids = map(0, 300000, 50);
  namespace.gids = map(0, 300000, 50);
  const nested = new MountIds({ uids: map(0, 10000, 100), gids: map(0, 10000, 100) }, namespace);
  assert.equal(nested.seenUid(300007), 10007);
  assert.equal(nested.keptUid(10007), 300007);
  assert.equal(nested.keptUid(10060), NO_ID);
  assert.equal(nested.seenUid(7), NO_ID);
});

test("mount ids: who makes a file needs an id that can be kept", () => {
  const user = (uid: number, gid: number) => Credentials.forUser(uid, gid, []);
  assert.equal(checkMaker(user(10001, 20001), ids, FIRST_USER_NAMESPACE), 0);
  assert.equal(checkMaker(user(0, 20001), ids, FIRST_USER_NAMESPACE), -EOVERFLOW);
  assert.equal(checkMaker(user(10001, 0), ids, FIRST_USER_NAMESPACE), -EOVERFLOW);
  assert.equal(checkMaker(user(0, 0), null, FIRST_USER_NAMESPACE), 0);
  const empty = new UserNamespace(1, FIRST_USER_NAMESPACE, 0, 0);
  assert.equal(checkMaker(user(0, 0), null, empty), -EOVERFLOW);
});

test("mount ids: a mount without maps shows files as they are", () => {
  const file = { mode: 1, uid: 2, gid: 3 };
  assert.equal(seenThrough(null, file), file);
  assert.equal(checkOwner(null, file), 0);
});

test("mount ids: the maps are those of the moment", () => {
  const namespace = new UserNamespace(1, FIRST_USER_NAMESPACE, 0, 0);
  namespace.uids = map(0, 500, 1);
  const then = new MountIds(namespace, FIRST_USER_NAMESPACE);
  namespace.uids = map(0, 900, 1);
  assert.equal(then.seenUid(0), 500);
});
