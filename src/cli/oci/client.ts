/**
 * client: one request to a container's sandbox, and its answer.
 */
import { ECONNREFUSED, ENOENT } from "../../abi/errno.ts";
import { errnoText } from "../../abi/errno-text.ts";
import { AT_FDCWD, O_CLOEXEC, O_DIRECTORY, O_PATH } from "../../abi/fcntl.ts";
import { type Answer, decodeAnswer, encode, type Request } from "../../control/messages.ts";
import { FOREVER } from "../../host/launch.ts";
import type { ContainerRecord } from "../../oci/state.ts";
import { CONTROL_SOCKET } from "../../oci/store.ts";
import { CommandError, type Context, hasSandbox } from "./context.ts";

/** A sandbox answers between two turns of its kernel. One that does not is stopped, or broken. */
const PATIENCE_MS = 10_000;
/** These may take as long as they take. */
const LASTING: readonly Request["op"][] = ["create", "exec", "wait"];

/** A connection to the sandbox, or null when it is gone. */
export function connect(context: Context, record: ContainerRecord): number | null {
  if (!hasSandbox(record)) return null;
  const { host, packets, store } = context;
  const directory = host.openat(
    AT_FDCWD,
    store.directory(record.sandbox),
    O_PATH | O_DIRECTORY | O_CLOEXEC,
  );
  if (directory < 0) return null;
  const fd = packets.connect(directory, CONTROL_SOCKET);
  host.close(directory);
  if (fd >= 0) return fd;
  if (fd === -ECONNREFUSED || fd === -ENOENT) return null;
  throw new CommandError(`cannot reach the sandbox of ${record.id}: ${errnoText(-fd)}`);
}

/** The answer; null when the sandbox is gone. A refusal is a CommandError with its sentence. */
export function ask(
  context: Context,
  record: ContainerRecord,
  request: Request,
  descriptors: readonly number[] = [],
): Answer | null {
  const fd = connect(context, record);
  if (fd === null) return null;
  const answer = askOn(context, fd, request, descriptors);
  context.host.close(fd);
  return answer;
}

export function askOn(
  { packets, launch }: Context,
  fd: number,
  request: Request,
  descriptors: readonly number[],
): Answer | null {
  const rc = packets.send(fd, encode(request), descriptors);
  if (launch.awaitEither(fd, -1, LASTING.includes(request.op) ? FOREVER : PATIENCE_MS) === 0)
    throw new CommandError(
      `the sandbox of ${request.id} does not answer; \`tvisor delete --force\` ends it`,
    );
  const packet = rc < 0 ? rc : packets.receive(fd);
  if (typeof packet === "number") return null;
  const answer = decodeAnswer(packet.bytes);
  if (answer.error !== undefined) throw new CommandError(answer.error);
  return answer;
}
