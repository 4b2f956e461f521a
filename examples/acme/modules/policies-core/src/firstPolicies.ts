/** The policies that a new environment starts with; the customers are those of `@acme/customers-core`. */
import type { Policy } from './index.js';

export const firstPolicies: readonly Policy[] = [
  policy(1, 'motor', 2_400_000, 51_600, '2026-02-01', '2027-01-31'),
  policy(1, 'home', 12_000_000, 22_200, '2025-10-15', '2026-10-14'),
  policy(2, 'home', 31_000_000, 57_350, '2025-12-01', '2026-11-30'),
  policy(3, 'motor', 1_150_000, 24_725, '2026-05-20', '2027-05-19'),
  policy(4, 'legal', 5_000_000, 32_000, '2024-01-01', '2024-12-31'),
  policy(5, 'travel', 350_000, 10_850, '2026-07-01', '2027-06-30'),
];

function policy(
  customerId: number,
  product: Policy['product'],
  sumInsured: number,
  premium: number,
  startsOn: string,
  endsOn: string,
): Policy {
  return { customerId, product, sumInsured, premium, startsOn, endsOn, cancelled: false };
}
