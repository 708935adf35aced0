/**
 * client: speaks the Container Runtime Interface to containerd's socket, as a kubelet does: each call of
 * runtime.proto as a promise of its answer. Messages are as loosely typed as tests need them.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { credentials, loadPackageDefinition, Metadata } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

const PROTOCOL = join(dirname(fileURLToPath(import.meta.url)), "runtime.proto");
const CALL_MS = 60_000;

/** A message of the protocol. */
// biome-ignore lint/suspicious/noExplicitAny: a test may look anywhere in an answer
export type Message = any;

export class Cri {
  readonly #services: readonly Message[];

  constructor(socket: string) {
    const definition = loadSync(PROTOCOL, {
      keepCase: true,
      longs: Number,
      enums: String,
      defaults: true,
    });
    const { runtime } = loadPackageDefinition(definition) as Message;
    const { RuntimeService, ImageService } = runtime.v1;
    this.#services = [RuntimeService, ImageService].map(
      (Service) => new Service(`unix://${socket}`, credentials.createInsecure()),
    );
  }

  call(name: string, request: Message = {}): Promise<Message> {
    const service = this.#services.find((each) => name in each);
    const options = { deadline: Date.now() + CALL_MS };
    return new Promise((resolve, reject) => {
      service[name](request, new Metadata(), options, (error: Error | null, answer: Message) => {
        if (error === null) resolve(answer);
        else reject(new Error(`${name}: ${error.message}`));
      });
    });
  }

  close(): void {
    for (const service of this.#services) service.close();
  }
}
