/** Workflow ids: what keeps people from starting twice, and the title of a run in every list. */
export const ids = {
  plan: (infrastructure: string) => `plan/${infrastructure}`,
  upgradeInfrastructure: (infrastructure: string) => `upgrade/${infrastructure}`,
  upgradeEnvironment: (infrastructure: string, environment: string) =>
    `upgrade/${infrastructure}/environments/${environment}`,
  goLive: (infrastructure: string, environment: string) =>
    `upgrade/${infrastructure}/environments/${environment}/go-live`,
  rollback: (infrastructure: string, environment: string) => `rollback/${infrastructure}/${environment}`,
  prepare: (infrastructure: string, environment: string) => `prepare/${infrastructure}/${environment}`,
  deploy: (infrastructure: string, environment: string) => `deploy/${infrastructure}/${environment}`,
  nightly: (infrastructure: string, environment: string) => `nightly/${infrastructure}/${environment}`,
  publish: (infrastructure: string, environment: string, module: string) =>
    `publish/${infrastructure}/${environment}/${module}`,
  publishAll: (infrastructure: string, environment: string) => `publish-all/${infrastructure}/${environment}`,
};
