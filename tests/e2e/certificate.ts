// Throw-away certificates: a CA and a server certificate, made without external tools.

/** A certificate authority's certificate, and a server's certificate and key, all as PEM. */
export interface Certificates {
  caPem: string;
  certificatePem: string;
  keyPem: string;
}

const EC = { name: "ECDSA", namedCurve: "P-256" } as const;
const DAY_MS = 86_400_000;

/**
 * Makes a CA that is valid for one day, and a certificate signed by it for the given host names (a
 * leading `*.` is allowed). Keys are P-256; the CA's key is not kept.
 */
export async function makeCertificates(hosts: readonly string[]): Promise<Certificates> {
  const caKeys = await newKeys();
  const keys = await newKeys();
  const caName = name("claude-multi test CA");
  const ca = await certificate({
    subject: caName,
    issuer: caName,
    publicKey: caKeys.publicKey,
    signer: caKeys.privateKey,
    // basicConstraints CA:TRUE, keyUsage keyCertSign.
    extensions: [
      extension([0x55, 0x1d, 0x13], true, sequence(bytes(0x01, [0xff]))),
      extension([0x55, 0x1d, 0x0f], true, bytes(0x03, [0x02, 0x04])),
    ],
  });
  const dnsNames = hosts.map((host) => bytes(0x82, [...new TextEncoder().encode(host)]));
  const leaf = await certificate({
    subject: name(hosts[0] ?? "localhost"),
    issuer: caName,
    publicKey: keys.publicKey,
    signer: caKeys.privateKey,
    // subjectAltName; extendedKeyUsage serverAuth.
    extensions: [
      extension([0x55, 0x1d, 0x11], false, sequence(...dnsNames)),
      extension(
        [0x55, 0x1d, 0x25],
        false,
        sequence(bytes(0x06, [0x2b, 6, 1, 5, 5, 7, 3, 1])),
      ),
    ],
  });
  const key = new Uint8Array(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  return {
    caPem: pem("CERTIFICATE", ca),
    certificatePem: pem("CERTIFICATE", leaf),
    keyPem: pem("PRIVATE KEY", key),
  };
}

async function newKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(EC, true, ["sign", "verify"]);
}

/** An X.509 v3 certificate in DER. */
async function certificate(parts: {
  subject: Uint8Array;
  issuer: Uint8Array;
  publicKey: CryptoKey;
  signer: CryptoKey;
  extensions: Uint8Array[];
}): Promise<Uint8Array> {
  const algorithm = sequence(bytes(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]));
  const serial = crypto.getRandomValues(new Uint8Array(8));
  const body = sequence(
    node(0xa0, bytes(0x02, [2])),
    bytes(0x02, [0x01, ...serial]),
    algorithm,
    parts.issuer,
    sequence(time(Date.now() - DAY_MS), time(Date.now() + DAY_MS)),
    parts.subject,
    new Uint8Array(await crypto.subtle.exportKey("spki", parts.publicKey)),
    node(0xa3, sequence(...parts.extensions)),
  );
  const options = { name: "ECDSA", hash: "SHA-256" };
  const raw = await crypto.subtle.sign(options, parts.signer, body as Uint8Array<ArrayBuffer>);
  const signature = new Uint8Array(raw);
  const half = signature.length / 2;
  const pair = sequence(integer(signature.slice(0, half)), integer(signature.slice(half)));
  return sequence(body, algorithm, bytes(0x03, [0x00, ...pair]));
}

/** A distinguished name with only a common name. */
function name(commonName: string): Uint8Array {
  const text = bytes(0x0c, [...new TextEncoder().encode(commonName)]);
  return sequence(node(0x31, sequence(bytes(0x06, [0x55, 4, 3]), text)));
}

function extension(oid: number[], critical: boolean, value: Uint8Array): Uint8Array {
  const mark = critical ? [bytes(0x01, [0xff])] : [];
  return sequence(bytes(0x06, oid), ...mark, node(0x04, value));
}

/** A UTCTime. */
function time(atMs: number): Uint8Array {
  const text = `${new Date(atMs).toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`;
  return bytes(0x17, [...new TextEncoder().encode(text)]);
}

/** An unsigned number as INTEGER: no leading zeros, except one if the sign bit would be set. */
function integer(value: Uint8Array): Uint8Array {
  let at = 0;
  while (at < value.length - 1 && value[at] === 0) at++;
  const digits = [...value.slice(at)];
  return bytes(0x02, (digits[0] ?? 0) & 0x80 ? [0, ...digits] : digits);
}

function sequence(...parts: Uint8Array[]): Uint8Array {
  return node(0x30, ...parts);
}

function node(tag: number, ...parts: Uint8Array[]): Uint8Array {
  return bytes(tag, parts.flatMap((part) => [...part]));
}

/** Tag, length, content. */
function bytes(tag: number, content: number[]): Uint8Array {
  const n = content.length;
  const length = n < 0x80 ? [n] : n < 0x100 ? [0x81, n] : [0x82, n >> 8, n & 0xff];
  return new Uint8Array([tag, ...length, ...content]);
}

function pem(label: string, der: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...der)).replace(/(.{64})/g, "$1\n").trimEnd();
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}
