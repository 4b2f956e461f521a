/** The shape of uplift.yaml: keys, types, limits, and a description of each for people and their editors. */
import * as z from 'zod';
import { weekdays } from '../../domain/calendar/window.js';
import { applicationsWays, hostings, stages, teamRoles } from '../../domain/infrastructure/infrastructure.js';
import { providers } from './providers.js';
import {
  absolutePath,
  address,
  entryVariable,
  header,
  hotPoint,
  line,
  moment,
  name,
  person,
  release,
  timeZone,
} from './values.js';

const window = z.strictObject({
  weekdays: z
    .array(z.enum(weekdays))
    .min(1)
    .max(7)
    .describe(`The days it opens: ${weekdays.join(', ')}`),
  opens: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day is needed, such as 22:00')
    .describe("When it opens on the environment's clock, such as 22:00"),
  hours: z.int().min(1).max(168).optional().describe('How long it stays open, 1 to 168. Either hours or minutes'),
  minutes: z
    .int()
    .min(1)
    .max(10_080)
    .optional()
    .describe('How long it stays open, 1 to 10080. Either hours or minutes'),
});

const freeze = z.strictObject({
  from: moment.describe("First day, or date and time, on the environment's clock: 2026-12-15 or 2026-12-15T18:00"),
  to: moment.describe('Last day, which is frozen as a whole, or the date and time at which the freeze is over'),
  reason: line(200).describe('Why nothing may be touched'),
});

const answers = {
  approvers: z.array(person).min(1).max(50).optional().describe("Whose approval counts. Left out: anybody's"),
  quorum: z.int().min(0).max(20).optional().describe('Different people who have to approve, 0 to 20'),
};

const gate = z.strictObject(answers).optional();

/** Before anything is touched a question may grow old; later it has to be answered. */
const expiringGate = z
  .strictObject({
    ...answers,
    expiresAfterHours: z
      .int()
      .min(1)
      .max(8760)
      .optional()
      .describe('Hours after which nobody can open it any more and the upgrade ends, 1 to 8760. Left out: it waits'),
  })
  .optional();

const gates = z.strictObject({
  plan: expiringGate.describe('Before anything is touched. Quorum at least 1, and 1 when left out'),
  start: expiringGate.describe(
    "Before the server is touched. Production: at least 1 and not the requester's; else 0 when left out",
  ),
  window: gate.describe(
    'When users are kept out and the window has closed: whether to go on outside it. Quorum at least 1, and 1 when left out',
  ),
  applications: gate.describe('When modules failed or were skipped. Quorum at least 1, and 1 when left out'),
  tests: gate.describe('When checks failed, and for tests that people sign. Quorum at least 1, and 1 when left out'),
  'go live': gate.describe(
    "Before users come back. Production: at least 1 and not the requester's; else 0 when left out",
  ),
  rollback: expiringGate.describe(
    'Before an environment is taken back although users have written since. Production: at least 1; else 0 when left out',
  ),
});

const team = z.strictObject({
  name: name.describe('Name of the team'),
  members: z.array(person).min(1).max(100).describe('Names of the people in it'),
  role: z
    .enum(teamRoles)
    .describe('development: repairs modules; test: tests applications; operations: does what people do in an upgrade'),
});

/** What an environment says for itself, or `defaults` for all that do not. */
const settings = {
  hosting: z
    .enum(hostings)
    .optional()
    .describe('self-managed (when left out), or cloud: the vendor upgrades the server'),
  timeZone: timeZone.optional(),
  windows: z
    .array(window)
    .max(50)
    .optional()
    .describe('When the environment may be touched. Left out or empty: any time'),
  applications: z
    .enum(applicationsWays)
    .optional()
    .describe('How applications come to the new release: deploy all (when left out), publish all, or gradual'),
  gates: gates.optional().describe('Who approves what'),
  providers: providers.optional(),
  teams: z.array(team).max(50).optional().describe('Who has to be there during the upgrade; nobody is notified'),
  maintenance: z
    .strictObject({
      text: line(1000).optional().describe('What the page says to users, in the language of the site'),
      contact: line(200).optional().describe('Whom users may ask meanwhile'),
    })
    .optional()
    .describe('What users read on the maintenance page while they are kept out'),
};

const freezes = z.array(freeze).max(100).optional();

export const defaultsShape = z.strictObject({
  ...settings,
  freezes: freezes.describe('When nothing may be touched in any environment'),
});

export const environmentShape = z.strictObject({
  name: name.describe('Name of the environment'),
  stage: z.enum(stages).describe(`Its place in the lifecycle: ${stages.join(', ')}`),
  release: release.describe('Release of the Platform Server it is on, such as 11.18.1'),
  address: address
    .optional()
    .describe(
      'Where its applications answer, such as https://apps.acme.example. Left out: people look at its hot points',
    ),
  zones: z
    .array(
      z.strictObject({
        name: name.describe('Name of the zone'),
        frontEnds: z.array(name).min(1).max(18).describe('Names of its front ends, in the order they are upgraded'),
      }),
    )
    .min(1)
    .max(18)
    .describe('Deployment zones with their front ends'),
  controller: name
    .optional()
    .describe('The front end whose machine is the deployment controller too. Left out: it has its own'),
  ...settings,
  freezes: freezes.describe('When nothing may be touched, besides the freezes of defaults'),
  strategy: z
    .enum(['downtime', 'zero downtime'])
    .optional()
    .describe('downtime (when left out), or zero downtime: needs a businessReason, and 2 front ends in every zone'),
  businessReason: line(500).optional().describe('Why users cannot be kept out while a release goes live'),
  checks: z
    .strictObject({
      hotPoints: z
        .array(hotPoint)
        .max(500)
        .optional()
        .describe('Paths that have to answer here, besides those of every environment'),
      tests: z.array(line(200)).max(100).optional().describe('What people look at themselves and sign'),
      entry: z
        .strictObject({
          header: header.describe('Name of the header'),
          variable: entryVariable
            .optional()
            .describe(
              'Variable of the worker that has its value, beginning with UPLIFT_ENTRY_. Either variable or file',
            ),
          file: absolutePath
            .optional()
            .describe('File on the machine of the worker that has its value and nothing else. Either variable or file'),
        })
        .optional()
        .describe('Header with which the hot points are asked for while users are kept out'),
    })
    .optional()
    .describe('How the environment is tested after its upgrade'),
});

export const infrastructureShape = z
  .strictObject({
    infrastructure: name.describe('Name of the infrastructure'),
    lifeTime: z
      .strictObject({
        release: release.describe('Release of LifeTime, such as 11.30.1'),
        newest: z.boolean().describe('Whether that is the newest release of LifeTime: true or false'),
      })
      .optional()
      .describe('The LifeTime of the infrastructure'),
    defaults: defaultsShape.optional().describe('What holds for every environment that does not say it for itself'),
    environments: z.array(environmentShape).min(1).max(20).describe('The environments, in lifecycle order'),
    hotPoints: z
      .array(hotPoint)
      .max(500)
      .optional()
      .describe('Paths that have to answer in every environment, such as /claims/Claims'),
  })
  .describe('An infrastructure that Uplift upgrades');

export type InfrastructureContent = z.infer<typeof infrastructureShape>;
export type EnvironmentContent = z.infer<typeof environmentShape>;
export type DefaultsContent = z.infer<typeof defaultsShape>;
