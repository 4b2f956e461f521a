/** Why nothing answered, and what to do about it: above all what is wrong with a certificate. */
import { oneLine, shortened } from '../../domain/text.js';

const trust =
  'name the certificate of its authority in NODE_EXTRA_CA_CERTS where the worker starts, and start it again';
const renew = 'renew the certificate of the site';

const problems: Readonly<Partial<Record<string, string>>> = {
  CERT_HAS_EXPIRED: `its certificate has expired: ${renew}`,
  CERT_NOT_YET_VALID: `its certificate is not valid yet: look at the clock of this machine, or ${renew}`,
  ERR_TLS_CERT_ALTNAME_INVALID: `its certificate is of another host: correct address in uplift.yaml, or ${renew}`,
  DEPTH_ZERO_SELF_SIGNED_CERT: `its certificate is signed by itself: ${trust}`,
  SELF_SIGNED_CERT_IN_CHAIN: `its certificate is signed by an authority that this machine does not know: ${trust}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `its certificate is signed by an authority that this machine does not know: ${trust}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `its certificate is signed by an authority that this machine does not know: ${trust}`,
  CERT_REVOKED: `its certificate was revoked: ${renew}`,
  ENOTFOUND: 'its host has no address: look at address in uplift.yaml, and at the names that this machine knows',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak HTTPS: look at address in uplift.yaml',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak HTTPS: look at address in uplift.yaml',
};

/** In words that follow the hot point. `error`: what `fetch` threw. */
export function connectionProblem(error: unknown): string {
  const { cause, message } = error as Error;
  const { code = '', message: said = message } = (cause ?? error) as { code?: string; message?: string };
  const problem = problems[code];
  const detail = shortened(oneLine(said || code), 200);
  return problem === undefined ? detail : `${problem} (${code})`;
}
