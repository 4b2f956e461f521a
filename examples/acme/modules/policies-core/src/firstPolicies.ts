/** The policies that a new environment starts with; the customers are those of `@acme/customers-core`. */
import { addMonths, today } from '@acme/calendar';
import { lastDay, type Policy } from './index.js';

/** Relative to the day on which the environment gets them, so that some are always active and some end soon. */
export function firstPolicies(): readonly Policy[] {
  return [
    policy(1, 'motor', 2_400_000, 51_600, -9),
    policy(1, 'home', 12_000_000, 22_200, -11),
    policy(2, 'home', 31_000_000, 57_350, -4),
    policy(3, 'motor', 1_150_000, 24_725, -10),
    policy(4, 'legal', 5_000_000, 32_000, -23),
    policy(5, 'travel', 350_000, 10_850, -1),
  ];
}

function policy(
  customerId: number,
  product: Policy['product'],
  sumInsured: number,
  premium: number,
  monthsFromNow: number,
): Policy {
  const startsOn = addMonths(today(), monthsFromNow);
  return { customerId, product, sumInsured, premium, startsOn, endsOn: lastDay(startsOn), cancelled: false };
}
