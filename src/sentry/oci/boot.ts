/**
 * boot: the sandbox process of the OCI runtime, from its first message to its last exit status.
 *  - bootSandbox() learns from the command line what the container is, builds it, locks itself in and
 *    reports; from then on only the control socket and signals reach it.
 *  - Whenever the command line is gone before it has said that it knows of the sandbox, the sandbox
 *    ends: nothing is left that nobody knows of.
 *  - It ends when the container does, with the exit status that a shell would tell.
 */
import { networkInterfaces } from "node:os";
import process from "node:process";
import { errnoText } from "../../abi/errno-text.ts";
import { CLONE_NEWNET } from "../../abi/sched.ts";
import { EmptyRoot } from "../../host/empty-root.ts";
import type { Host } from "../../host/host.ts";
import { Launch } from "../../host/launch.ts";
import { Packets } from "../../host/packets.ts";
import { describeKernel } from "../../kernel/describe.ts";
import { isPodSandbox } from "../../oci/pod.ts";
import type { Spec } from "../../oci/spec.ts";
import { CONTROL_SOCKET } from "../../oci/store.ts";
import { StartFailure } from "../failure.ts";
import { openHost } from "../native.ts";
import { Sandbox } from "../sandbox.ts";
import { SignalRelay } from "../signal-relay.ts";
import type { GivenFile } from "../walls.ts";
import type { BootMessage, BootReport } from "./boot-message.ts";
import { Container } from "./container.ts";
import { ControlServer } from "./control-server.ts";
import { type Donation, sortDescriptors } from "./donation.ts";
import { runtimeFailure } from "./places.ts";
import { Requests } from "./requests.ts";
import { SandboxLog } from "./sandbox-log.ts";

const BOOT_SOCKET = 3;
const EXIT_TVISOR = 128;

/** The exit status; only when there was nothing to run it returns before the sandbox has ended. */
export function bootSandbox(): number {
  const host = openHost();
  const packets = new Packets(host);
  const packet = packets.receive(BOOT_SOCKET);
  if (typeof packet === "number") return EXIT_TVISOR;
  const message = JSON.parse(new TextDecoder().decode(packet.bytes)) as BootMessage;
  const boot = new Boot(host, packets, message, packet.descriptors);
  try {
    boot.build();
  } catch (error) {
    boot.report("ready", error instanceof StartFailure ? error.message : explain(error));
    return EXIT_TVISOR;
  }
  return boot.run();
}

function explain(error: unknown): string {
  return `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** The program and where it may reach, for whoever reads the log. */
function describe({ process: program, mounts }: Spec): string {
  return `${(program?.args ?? []).join(" ")}, with ${mounts?.length ?? 0} mounts`;
}

class Boot {
  readonly #host: Host;
  readonly #packets: Packets;
  readonly #message: BootMessage;
  readonly #given: Donation;
  readonly #stateDirectory: number;
  readonly #log: SandboxLog;
  #sandbox!: Sandbox;
  #container!: Container;
  #requests!: Requests;
  #server!: ControlServer;

  constructor(host: Host, packets: Packets, message: BootMessage, descriptors: number[]) {
    this.#host = host;
    this.#packets = packets;
    this.#message = message;
    const { create } = message;
    this.#given = sortDescriptors(create.places, descriptors);
    this.#stateDirectory = this.#given.rest[0] ?? -1;
    const [, log = -1, userLog = -1] = this.#given.rest;
    this.#log = new SandboxLog(host, message.log, log, userLog);
  }

  build(): void {
    const host = this.#host;
    const { create, strace, straceLength, descriptors } = this.#message;
    const spec = create.spec as Spec;
    const launch = new Launch(host);
    launch.leadSession(spec.process?.terminal === true ? this.#given.streams[0]! : -1);
    const network = this.#enterNetwork(launch);
    if (this.#message.awaitsHooks) this.#stage("namespaces");
    const controlSocket = this.#packets.listen(this.#stateDirectory, CONTROL_SOCKET);
    if (controlSocket < 0)
      throw runtimeFailure(`cannot make the control socket: ${errnoText(-controlSocket)}`);
    host.close(this.#stateDirectory);
    const emptyRoot = new EmptyRoot(host);
    const refused = emptyRoot.prepare();
    if (refused < 0)
      this.#log.info(`the sandbox stays in this mount namespace: ${errnoText(-refused)}`);
    this.#sandbox = new Sandbox(
      {
        files: this.#files(spec),
        network: network === "namespace" ? (networkIsEmpty() ? "none" : "host") : network,
        controlSocket,
        strace,
        straceTo: this.#log.fd,
        straceStyle: { length: straceLength, line: (text) => this.#log.traced(text) },
        report: (text) => this.#log.forUser(text),
        descriptors,
        hostSockets: create.files.hostSockets,
      },
      host,
    );
    this.#sandbox.plug();
    this.#sandbox.meetStubs();
    const { root, sources, overlay, streams, inherited } = this.#given;
    const files = { root, sources, overlay, policy: create.files };
    const { kernel, platform } = this.#sandbox;
    this.#container = new Container(
      this.#sandbox,
      create.id,
      spec,
      files,
      { streams, inherited },
      platform.nursery.first,
    );
    kernel.main = this.#container.init.group;
    for (const fd of [...streams, ...inherited]) host.close(fd);
    this.#stage("mounted");
    new SignalRelay(host, platform, kernel, this.#container.init.console);
    this.#requests = new Requests(this.#sandbox, this.#container, this.#log);
    this.#server = new ControlServer(host, this.#packets, platform, controlSocket, this.#requests);
    const stays = emptyRoot.enter();
    if (stays < 0) throw runtimeFailure(`cannot enter an empty root: ${errnoText(-stays)}`);
    this.#sandbox.lockIn();
    this.#log.info(`container ${create.id} is made: ${describe(spec)}`);
    this.#stage("ready");
    host.close(BOOT_SOCKET);
  }

  /** What of the host the sandbox may reach. Those that join a pod later bring files that nobody knows yet. */
  #files(spec: Spec): GivenFile[] {
    const { root, sources, overlay, streams } = this.#given;
    const { files } = this.#message.create;
    const mounts = spec.mounts ?? [];
    const later = isPodSandbox(spec) ? [{ at: "/", isWritable: true }] : [];
    return [
      { at: root, isWritable: files.overlay === "none" },
      ...sources.flatMap((at, i) => {
        const isWritable = files.overlay !== "all" && mounts[i]?.options?.includes("ro") !== true;
        return at < 0 ? [] : [{ at, isWritable }];
      }),
      ...(overlay < 0 ? [] : [{ at: overlay, isWritable: true }]),
      ...streams.map((at) => ({ at, isWritable: false, isStream: true })),
      ...later,
    ];
  }

  /** Until the container is over. */
  run(): number {
    const { kernel } = this.#sandbox;
    const { init } = this.#container;
    try {
      while (kernel.exitStatus === null) {
        kernel.turn();
        this.#server.work();
        this.#requests.forgetEnded();
      }
      init.console?.finish();
      this.#server.tellEnds();
    } catch (error) {
      this.#log.error(`this is a bug in tvisor: ${explain(error)}\n${describeKernel(kernel)}`);
      return EXIT_TVISOR;
    } finally {
      this.#sandbox.stop();
    }
    this.#log.info(`container ${this.#container.id} ended with status ${init.exitStatus}`);
    return init.exitStatus ?? EXIT_TVISOR;
  }

  // --- the command line -----------------------------------------------------------------------

  report(stage: BootReport["stage"], error?: string): void {
    const report: BootReport = error === undefined ? { stage } : { stage, error };
    this.#packets.send(BOOT_SOCKET, new TextEncoder().encode(JSON.stringify(report)));
  }

  /** Tell how far we are, and wait to be told to go on. */
  #stage(stage: BootReport["stage"]): void {
    this.report(stage);
    const answer = this.#packets.receive(BOOT_SOCKET);
    if (typeof answer === "number") process.exit(EXIT_TVISOR);
    for (const fd of answer.descriptors) this.#host.close(fd);
  }

  // --- network --------------------------------------------------------------------------------

  #enterNetwork(launch: Launch): BootMessage["network"] {
    const { network, networkNamespace } = this.#message;
    if (network !== "namespace") return network;
    if (networkNamespace !== null) {
      const rc = launch.enterNamespace(networkNamespace, CLONE_NEWNET);
      if (rc < 0)
        throw runtimeFailure(
          `cannot join the network namespace ${networkNamespace}: ${errnoText(-rc)}`,
        );
      return "namespace";
    }
    // Without the power to make one there is the loopback inside.
    if (launch.makeNamespace("net", CLONE_NEWNET) < 0) return "none";
    launch.raiseLoopback();
    return "namespace";
  }
}

/** Nothing but a loopback: ours, inside, does as well, and needs none of the host's sockets. */
function networkIsEmpty(): boolean {
  return Object.values(networkInterfaces()).every((entries) =>
    (entries ?? []).every(({ internal }) => internal),
  );
}
