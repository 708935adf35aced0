/**
 * image: archives that engines import, made in the test, as no registry is reachable: one layer, in the
 * layout of github.com/opencontainers/image-spec, "image layout".
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** All of a directory, as a layer. */
export function layerOf(root: string): Buffer {
  return execFileSync("tar", ["-C", root, "-c", "."], { maxBuffer: 1 << 28 });
}

/** The archive of an image, whose parts lie at `layout`; `settings`: its environment, user, command… */
export function makeImage(layout: string, name: string, layer: Buffer, settings: object): string {
  const blobs = join(layout, "blobs/sha256");
  mkdirSync(blobs, { recursive: true });
  const blob = (kind: string, bytes: Buffer) => {
    const digest = createHash("sha256").update(bytes).digest("hex");
    writeFileSync(join(blobs, digest), bytes);
    const mediaType = `application/vnd.oci.image.${kind}`;
    return { mediaType, digest: `sha256:${digest}`, size: bytes.length };
  };
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const tar = blob("layer.v1.tar", layer);
  const config = {
    architecture,
    os: "linux",
    config: settings,
    rootfs: { type: "layers", diff_ids: [tar.digest] },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: blob("config.v1+json", json(config)),
    layers: [tar],
  };
  const annotations = { "io.containerd.image.name": name };
  const listed = { ...blob("manifest.v1+json", json(manifest)), annotations };
  writeFileSync(join(layout, "oci-layout"), json({ imageLayoutVersion: "1.0.0" }));
  writeFileSync(join(layout, "index.json"), json({ schemaVersion: 2, manifests: [listed] }));
  const archive = `${layout}.tar`;
  execFileSync("tar", ["-C", layout, "-cf", archive, "."]);
  return archive;
}
