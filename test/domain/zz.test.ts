import { it } from 'vitest';
import { analysis } from '../../domain/analysis.js';
import { knowledge } from '../../domain/knowledge.js';
import { leastPolicy } from '../../domain/infrastructure.js';
it('x', () => {
  const policy = (g: any, s: any) => leastPolicy(g, s);
  const env = (name: string, stage: any) => ({ name, stage, release: '11.18.1', hosting: 'self-managed' as const, timeZone: 'Europe/Lisbon', zones: [{ name: 'Main', frontEnds: ['a', 'b'] }], controller: null, windows: [], freezes: [], strategy: { kind: 'downtime' as const }, applications: 'deploy all' as const, gates: {} as any, checks: { hotPoints: [], tests: [] }, teams: [] });
  const a = analysis({ infrastructure: 'acme', environments: [{ environment: env('Dev', 'development'), from: '11.18.1' }, { environment: env('Prod', 'production'), from: '11.8.1', facts: {oracle: true} }], lifeTime: { release: '11.20.0', newest: false } }, knowledge);
  console.log(JSON.stringify({ ...a, releases: a.releases.length, breakingChanges: a.breakingChanges.length, knownIssues: a.knownIssues.map(k => [k.entry.id, k.applies, k.unknown.length]), questions: a.questions.map(q => [q.weight, q.text, q.subjects.join(), q.entries.length].join(' | ')) }, null, 1));
});
