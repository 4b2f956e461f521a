/** What a policy costs: the product's rate with the surcharges and discounts of the tariff, line by line. */
import { type IsoDate, yearsBetween } from '@acme/calendar';
import { type Cents, percentOf, total } from '@acme/money';
import type { Product } from '@acme/products';

export interface Risk {
  readonly product: Product;
  readonly sumInsured: Cents;
  readonly startsOn: IsoDate;
  /** When the insured person was born; unknown for a quote without a customer. */
  readonly bornOn?: IsoDate;
  /** Years in a row without a paid claim. */
  readonly claimFreeYears: number;
  readonly payments: 'yearly' | 'monthly';
}

export interface PremiumLine {
  readonly reason: string;
  readonly amount: Cents;
}

export interface Premium {
  readonly lines: readonly PremiumLine[];
  /** A year, never below the product's least premium. */
  readonly yearly: Cents;
}

export type PremiumAnswer =
  | { readonly kind: 'offered'; readonly premium: Premium }
  | { readonly kind: 'refused'; readonly why: string };

export function premiumFor(risk: Risk): PremiumAnswer {
  const { product, sumInsured } = risk;
  if (!product.onSale) return refused(`${product.title} is not sold any more.`);
  if (sumInsured < product.leastSum) return refused(`${product.title} starts at ${product.leastSum / 100}.`);
  if (sumInsured > product.greatestSum) return refused(`${product.title} ends at ${product.greatestSum / 100}.`);
  const base = Math.round((sumInsured / 100_000) * product.rate);
  const lines = [
    { reason: `${product.title}, sum insured`, amount: base },
    ageSurcharge(risk, base),
    loyaltyDiscount(risk, base),
    monthlySurcharge(risk, base),
  ].filter((line) => line !== undefined);
  return { kind: 'offered', premium: withLeast(lines, product.leastPremium) };
}

/** Young and very old drivers pay more; other products do not ask for the age. */
function ageSurcharge({ product, bornOn, startsOn }: Risk, base: Cents): PremiumLine | undefined {
  if (product.code !== 'motor' || bornOn === undefined) return undefined;
  const age = yearsBetween(bornOn, startsOn);
  if (age < 25) return { reason: `Driver of ${age} years`, amount: percentOf(base, 35) };
  if (age > 74) return { reason: `Driver of ${age} years`, amount: percentOf(base, 15) };
  return undefined;
}

/** Five percent a year, thirty at most. */
function loyaltyDiscount({ claimFreeYears }: Risk, base: Cents): PremiumLine | undefined {
  const percent = Math.min(30, claimFreeYears * 5);
  return percent > 0
    ? { reason: `${claimFreeYears} years without a claim`, amount: -percentOf(base, percent) }
    : undefined;
}

function monthlySurcharge({ payments }: Risk, base: Cents): PremiumLine | undefined {
  return payments === 'monthly' ? { reason: 'Monthly payments', amount: percentOf(base, 4) } : undefined;
}

function withLeast(lines: readonly PremiumLine[], least: Cents): Premium {
  const sum = total(lines.map((line) => line.amount));
  if (sum >= least) return { lines, yearly: sum };
  return { lines: [...lines, { reason: 'Up to the least premium', amount: least - sum }], yearly: least };
}

function refused(why: string): PremiumAnswer {
  return { kind: 'refused', why };
}
