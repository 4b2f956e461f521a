/** The infrastructure `acme` of the documents, as small as it can be. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { older, writeFactory } from '../platform/tinyFactory.js';
import { screen } from './factories.js';

/** A Development without questions and a Production that asks for its start and its go live. */
export function writeTwoEnvironments(): string {
  const folder = writeFactory({ base: {}, home: { uses: ['base'], source: screen('Home') } });
  const environment = (name: string, stage: string, frontEnd: string) =>
    `  - { name: ${name}, stage: ${stage}, release: ${older}, zones: [{ name: Main, frontEnds: [${frontEnd}-1, ${frontEnd}-2] }] }`;
  const lines = [
    'infrastructure: acme',
    'environments:',
    environment('Development', 'development', 'dev'),
    environment('Production', 'production', 'prod'),
    'hotPoints: [/home/Home]',
  ];
  writeFileSync(path.join(folder, 'uplift.yaml'), `${lines.join('\n')}\n`);
  return folder;
}
