import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

const digestOf = (content: Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** A registry with two images of one repository, `signed` and `unsigned`, and the public key of the one signature in it. */
export interface ImageRegistry {
  host: string;
  signed: string;
  unsigned: string;
  publicKey: string;
  close: () => void;
}

/** Serves on this machine. The signature is one of cosign, without an entry in a log: https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md */
export async function startRegistry(repository: string): Promise<ImageRegistry> {
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, Buffer>();
  const blob = (mediaType: string, text: string) => {
    const content = Buffer.from(text);
    blobs.set(digestOf(content), content);
    return { mediaType, digest: digestOf(content), size: content.length };
  };
  const push = (layers: ReturnType<typeof blob>[], tag?: string) => {
    const rootfs = { type: 'layers', diff_ids: layers.map((one) => one.digest) };
    const image = JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs });
    const config = blob('application/vnd.oci.image.config.v1+json', image);
    const content = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers }));
    for (const name of [digestOf(content), ...(tag ? [tag] : [])]) manifests.set(name, content);
    return digestOf(content);
  };
  const [signed, unsigned] = ['one', 'other'].map((text) =>
    push([blob('application/vnd.oci.image.layer.v1.tar+gzip', text)]),
  ) as [string, string];
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const payload = JSON.stringify({
    critical: {
      identity: { 'docker-reference': repository },
      image: { 'docker-manifest-digest': signed },
      type: 'cosign container image signature',
    },
    optional: null,
  });
  const signature = sign('sha256', Buffer.from(payload), privateKey).toString('base64');
  const layer = {
    ...blob('application/vnd.dev.cosign.simplesigning.v1+json', payload),
    annotations: { 'dev.cosignproject.cosign/signature': signature },
  };
  push([layer], `${signed.replace(':', '-')}.sig`);

  const server = createServer(({ url = '', method }, response) => {
    const [, kind, name = ''] = /^\/v2\/.+\/(manifests|blobs)\/([^?]+)/.exec(url) ?? [];
    const found = url === '/v2/' ? Buffer.from('{}') : (kind === 'blobs' ? blobs : manifests).get(name);
    response.setHeader('content-type', kind === 'manifests' ? MANIFEST : 'application/octet-stream');
    if (found) response.setHeader('docker-content-digest', digestOf(found));
    response.writeHead(found ? 200 : 404, { 'content-length': found?.length ?? 0 });
    response.end(method === 'HEAD' ? undefined : found);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    signed,
    unsigned,
    publicKey: String(publicKey.export({ type: 'spki', format: 'pem' })),
    close: () => server.close(),
  };
}
