/** The screens of policy administration. */
export { NewPolicy } from './NewPolicy.js';
export { Policies } from './Policies.js';
export { Policy } from './Policy.js';
