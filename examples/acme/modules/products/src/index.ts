/** The product catalogue: what can be insured, for how much, and what it costs at least. */
import type { Cents } from '@acme/money';
import { type Stored, table } from '@system/data';

export type ProductCode = 'home' | 'legal' | 'motor' | 'travel';

export interface Coverage {
  readonly name: string;
  /** The share of a loss that is paid, in percent. */
  readonly percent: number;
  /** What the customer bears of each loss. */
  readonly deductible: Cents;
}

export interface Product {
  readonly code: ProductCode;
  readonly title: string;
  /** Yearly premium per thousand of the sum insured, in cents. */
  readonly rate: Cents;
  readonly leastPremium: Cents;
  readonly leastSum: Cents;
  readonly greatestSum: Cents;
  readonly coverages: readonly Coverage[];
  readonly onSale: boolean;
}

export const products = table<Product>('product', {
  initial: [
    {
      code: 'motor',
      title: 'Motor',
      rate: 2150,
      leastPremium: 18_000,
      leastSum: 500_000,
      greatestSum: 15_000_000,
      coverages: [
        { name: 'Third party', percent: 100, deductible: 0 },
        { name: 'Collision', percent: 90, deductible: 50_000 },
        { name: 'Glass', percent: 100, deductible: 15_000 },
      ],
      onSale: true,
    },
    {
      code: 'home',
      title: 'Home and contents',
      rate: 185,
      leastPremium: 9_000,
      leastSum: 1_000_000,
      greatestSum: 90_000_000,
      coverages: [
        { name: 'Fire', percent: 100, deductible: 0 },
        { name: 'Water', percent: 100, deductible: 20_000 },
        { name: 'Theft', percent: 80, deductible: 30_000 },
      ],
      onSale: true,
    },
    {
      code: 'travel',
      title: 'Travel',
      rate: 3100,
      leastPremium: 2_900,
      leastSum: 50_000,
      greatestSum: 2_000_000,
      coverages: [
        { name: 'Cancellation', percent: 80, deductible: 5_000 },
        { name: 'Baggage', percent: 100, deductible: 5_000 },
      ],
      onSale: true,
    },
    {
      code: 'legal',
      title: 'Legal protection',
      rate: 640,
      leastPremium: 12_000,
      leastSum: 1_000_000,
      greatestSum: 10_000_000,
      coverages: [{ name: 'Lawyer and court', percent: 100, deductible: 25_000 }],
      onSale: false,
    },
  ],
});

export async function product(code: ProductCode): Promise<Stored<Product>> {
  const [found] = await products.select({ where: { code }, max: 1 });
  if (!found) throw new Error(`The catalogue has no product ${code}.`);
  return found;
}

export async function productsOnSale(): Promise<Stored<Product>[]> {
  return products.select({ where: { onSale: true }, order: 'title' });
}

/** What the company pays of a loss: the best of the product's coverages, never more than the sum insured. */
export function covered(insured: Product, loss: Cents, sumInsured: Cents): Cents {
  const offers = insured.coverages.map(({ percent, deductible }) =>
    Math.floor((Math.max(0, loss - deductible) * percent) / 100),
  );
  return Math.min(sumInsured, Math.max(0, ...offers));
}
