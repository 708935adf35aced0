/**
 * stream: what `Exec` and `Attach` give an address for: a WebSocket whose messages are a channel's number
 * and its bytes ("v4.channel.k8s.io": 0 to 2 are the streams, 3 brings the end as JSON, 4 takes sizes).
 */
const PROTOCOL = "v4.channel.k8s.io";
const END_MS = 15_000;
const STDIN = 0;
const OUTPUT = ["", "out", "err", "end"] as const;

export interface Stream {
  type(text: string): void;
  resize(rows: number, columns: number): void;
  readonly got: { out: string; err: string; end: string };
  /** All that came, once the other side has said that it ends. */
  ended(): Promise<{ out: string; err: string; end: string }>;
  close(): void;
}

export async function openStream(url: string): Promise<Stream> {
  const socket = new WebSocket(url.replace(/^http/, "ws"), [PROTOCOL]);
  socket.binaryType = "arraybuffer";
  const got = { out: "", err: "", end: "" };
  socket.addEventListener("message", ({ data }) => {
    const bytes = Buffer.from(data as ArrayBuffer);
    const name = OUTPUT[bytes[0]!];
    if (name) got[name] += bytes.subarray(1).toString();
  });
  const closed = new Promise<void>((resolve) => {
    socket.addEventListener("close", () => resolve());
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error(`${url} cannot be opened`)));
  });
  const send = (channel: number, text: string) =>
    socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]));
  return {
    got,
    type: (text) => send(STDIN, text),
    resize: (rows, columns) => send(4, JSON.stringify({ Width: columns, Height: rows })),
    close: () => socket.close(),
    async ended() {
      const late = new Promise((_, reject) => {
        setTimeout(
          () => reject(new Error(`the stream goes on: ${JSON.stringify(got)}`)),
          END_MS,
        ).unref();
      });
      await Promise.race([closed, late]);
      return got;
    },
  };
}
