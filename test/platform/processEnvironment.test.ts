/** What started processes are given of the shell's environment. */
import { expect, it } from 'vitest';
import { processEnvironment } from '../../platform/processes/processEnvironment.js';

const needed = {
  PATH: '/bin',
  HOME: '/home/ana',
  LANG: 'pt_PT.UTF-8',
  LC_TIME: 'C',
  TZ: 'Europe/Lisbon',
  TMPDIR: '/tmp/ana',
};
const own = { UPLIFT_SUPERVISED: '/data:worker', UPLIFT_LOG_LEVEL: 'debug', UPLIFT_COMPILER_MEMORY: '6000' };
const temporal = {
  TEMPORAL_API_KEY: 'key',
  TEMPORAL_TLS_CLIENT_KEY_DATA: 'key',
  https_proxy: 'http://ana:word@proxy.example',
  NODE_EXTRA_CA_CERTS: '/etc/authorities.pem',
};
const site = { UPLIFT_ENTRY_PRODUCTION: 'secret', NODE_EXTRA_CA_CERTS: '/etc/authorities.pem' };
const others = {
  NODE_OPTIONS: '--require ./spy.js',
  LD_PRELOAD: '/spy.so',
  AWS_SECRET_ACCESS_KEY: 'secret',
  MY_PATH: 'x',
  PATHS: 'x',
  UPLIFT_CACHE: '/cache',
  MY_UPLIFT_ENTRY_X: 'x',
};
const shell = { ...needed, ...own, ...temporal, ...site, ...others, UNSET: undefined };

it('a program of the site gets what a program needs to run; the rest is for its host to say', () => {
  expect(processEnvironment('command', shell)).toEqual(needed);
});

it('a plain process gets what a program needs to run, and nothing of the shell beside it', () => {
  expect(processEnvironment('plain', shell)).toEqual({ ...needed, ...own });
});

it('one that speaks to a Temporal server of somebody else also gets what that needs', () => {
  expect(processEnvironment('Temporal client', shell)).toEqual({ ...needed, ...own, ...temporal });
});

it('one that asks a site for its hot points also gets what lets it in, and whose certificates it trusts', () => {
  expect(processEnvironment('site client', shell)).toEqual({ ...needed, ...own, ...site });
});
