/** The screens of the claims department. */
export { Claim } from './Claim.js';
export { Claims } from './Claims.js';
export { FileClaim } from './FileClaim.js';
