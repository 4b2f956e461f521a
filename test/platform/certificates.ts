/** Certificates as a test needs them: X.509, signed with ECDSA on P-256. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export interface Certificate {
  readonly name: string;
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  readonly privateKey: KeyObject;
}

interface Wanted {
  /** Of its subject. */
  readonly name: string;
  /** An address that it is valid for. */
  readonly ip?: string;
  /** Left out: it signs itself. */
  readonly by?: Certificate;
  readonly from?: Date;
  readonly to?: Date;
}

const day = 86_400_000;

export function certificate({ name, ip = '127.0.0.1', by, from, to }: Wanted): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Date.now();
  const content = sequence(
    element(0xa0, element(0x02, Buffer.from([2]))),
    element(0x02, Buffer.from([1, ...Buffer.from(String(now).slice(-6))])),
    sequence(ecdsaWithSha256),
    named(by?.name ?? name),
    sequence(time(from ?? new Date(now - day)), time(to ?? new Date(now + day))),
    named(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(isAuthority, validFor(ip))),
  );
  const signature = sign('sha256', content, by?.privateKey ?? privateKey);
  const whole = sequence(content, sequence(ecdsaWithSha256), element(0x03, Buffer.from([0]), signature));
  return {
    ...{ name, privateKey },
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** DER: a tag, a length, the content. */
function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, ...parts);
}

function identifier(...bytes: readonly number[]): Buffer {
  return element(0x06, Buffer.from(bytes));
}

const ecdsaWithSha256 = identifier(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);

function named(name: string): Buffer {
  return sequence(element(0x31, sequence(identifier(0x55, 0x04, 0x03), element(0x0c, Buffer.from(name)))));
}

/** With a year of two digits. */
function time(date: Date): Buffer {
  return element(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));
}

/** Basic constraints: it may sign others, as one that signs itself does. */
const isAuthority = sequence(identifier(0x55, 0x1d, 0x13), element(0x04, sequence(element(0x01, Buffer.from([0xff])))));

/** Alternative names of the subject. */
function validFor(ip: string): Buffer {
  const address = element(0x87, Buffer.from(ip.split('.').map(Number)));
  return sequence(identifier(0x55, 0x1d, 0x11), element(0x04, sequence(address)));
}
