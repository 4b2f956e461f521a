/** Garages that repair insured cars at agreed prices. In the making: uploaded, but never published. */
import { type Address, addressLines } from '@acme/addresses';
import { excerpt } from '@acme/text';
import { type Stored, table } from '@system/data';

export interface Garage {
  readonly name: string;
  readonly address: Address;
  /** Makes of cars it knows; none for all. */
  readonly makes: readonly string[];
  /** Cents an hour. */
  readonly hourlyRate: number;
  readonly accepting: boolean;
}

export const garages = table<Garage>('garage');

export interface Search {
  readonly make: string;
  readonly country: Address['country'];
  /** The garage nearest by postal code comes first. */
  readonly postalCode: string;
}

export interface Match {
  readonly garage: Stored<Garage>;
  readonly label: string;
}

/** Garages that take this car, near the customer and then by price. */
export async function garagesFor(search: Search, max: number): Promise<Match[]> {
  const accepting = await garages.select({ where: { accepting: true } });
  return accepting
    .filter((garage) => garage.address.country === search.country && knows(garage, search.make))
    .sort(
      (left, right) =>
        nearness(right, search.postalCode) - nearness(left, search.postalCode) || left.hourlyRate - right.hourlyRate,
    )
    .slice(0, max)
    .map((garage) => ({ garage, label: excerpt(`${garage.name}, ${addressLines(garage.address).join(', ')}`, 80) }));
}

function knows(garage: Garage, make: string): boolean {
  return garage.makes.length === 0 || garage.makes.some((known) => known.toLowerCase() === make.toLowerCase());
}

/** The number of leading characters that two postal codes share. */
function nearness(garage: Garage, postalCode: string): number {
  const own = garage.address.postalCode;
  let shared = 0;
  while (shared < own.length && own[shared] === postalCode[shared]) shared++;
  return shared;
}
