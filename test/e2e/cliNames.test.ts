/** Which environment and which module somebody means. */
import { expect, it } from 'vitest';
import { chosenEnvironment, chosenModule, environmentAndModule } from '../../client/cli/infrastructure.js';
import type { RunFile } from '../../store/runFile.js';

function runOf(...names: readonly string[]): RunFile {
  return {
    infrastructure: 'acme',
    pid: 1,
    startedAt: '2026-03-01T10:00:00.000Z',
    temporal: { address: '127.0.0.1:7233', namespace: 'default', ui: null },
    installation: { id: '7e577e57', madeAt: '2026-03-01T10:00:00.000Z', formerQueue: false },
    environments: names.map((name) => ({
      name,
      stage: 'development',
      applicationsUrl: 'http://127.0.0.1:1',
      serviceCenterUrl: 'http://127.0.0.1:2',
    })),
  };
}

it('the only environment need not be named', () => {
  expect(chosenEnvironment(runOf('Development'), undefined).name).toBe('Development');
});

it('one of several has to be named', () => {
  expect(chosenEnvironment(runOf('Development', 'Production'), 'Production').name).toBe('Production');
  expect(() => chosenEnvironment(runOf('Development', 'Production'), undefined)).toThrow(
    expect.objectContaining({
      code: 'ENVIRONMENT_UNKNOWN',
      message: expect.stringContaining('Development, Production'),
    }),
  );
});

it('an unknown environment is refused, naming those there are and the nearest', () => {
  expect(() => chosenEnvironment(runOf('Development', 'Production'), 'Prodction')).toThrow(
    expect.objectContaining({
      code: 'ENVIRONMENT_UNKNOWN',
      parts: {
        what: 'acme has no environment Prodction; it has Development, Production',
        next: 'perhaps Production is meant',
      },
    }),
  );
});

const modules = ['@acme/claims', '@acme/payments', '@shared/payments', 'text'];

it.each([
  ['@acme/claims', '@acme/claims'],
  ['claims', '@acme/claims'],
  ['text', 'text'],
])('%s means the module %s', (given, name) => {
  expect(chosenModule('Development', modules, given)).toBe(name);
});

it.each([
  ['payments', 'Development has 2 modules of the name payments: @acme/payments, @shared/payments', 'with its scope'],
  ['clams', 'Development has no module clams', 'perhaps @acme/claims is meant'],
  ['@acme/clams', 'Development has no module @acme/clams', 'perhaps @acme/claims is meant'],
  ['xylophone', 'Development has no module xylophone', 'uplift modules Development'],
])('%s means no module: MODULE_UNKNOWN with what is near', (given, what, next) => {
  expect(() => chosenModule('Development', modules, given)).toThrow(
    expect.objectContaining({ code: 'MODULE_UNKNOWN', parts: { what, next: expect.stringContaining(next) } }),
  );
});

it('a single word is the module, of two the first is the environment', () => {
  expect(environmentAndModule(['claims', undefined], 'why')).toEqual({ module: 'claims' });
  expect(environmentAndModule(['Development', 'claims'], 'why')).toEqual({
    environment: 'Development',
    module: 'claims',
  });
});
