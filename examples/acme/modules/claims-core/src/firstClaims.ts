/** The claims that a new environment starts with; the policies are those of `@acme/policies-core`. */
import { addDays, today } from '@acme/calendar';
import type { Cause, Claim, ClaimState } from './index.js';

export function firstClaims(): readonly Claim[] {
  return [
    claim(1, 'accident', 74, 184_000, 165_600, 'paid', 'Rear-ended at a traffic light; bumper and boot lid bent.'),
    claim(
      3,
      'water',
      21,
      430_000,
      410_000,
      'approved',
      'A burst pipe in the bathroom soaked the parquet of two rooms.',
    ),
    claim(4, 'accident', 9, 96_500, 0, 'assessed', 'Scraped a pillar in the car park; both doors on the right.'),
    claim(2, 'theft', 5, 215_000, 0, 'filed', 'Two bicycles taken from the locked cellar during the night.'),
    claim(6, 'cancellation', 2, 78_000, 0, 'filed', 'Flight cancelled because of a strike, hotel not refunded.'),
  ];
}

function claim(
  policyId: number,
  cause: Cause,
  daysAgo: number,
  claimed: number,
  approved: number,
  state: ClaimState,
  description: string,
): Claim {
  const happenedOn = addDays(today(), -daysAgo);
  return { policyId, cause, happenedOn, filedOn: addDays(happenedOn, 1), description, claimed, approved, state };
}
