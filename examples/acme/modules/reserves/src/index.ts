/** Reserves: the money set aside for claims that are not paid yet. */
import { type Cause, claims, isOpen, type StoredClaim } from '@acme/claims-core';
import { type Cents, percentOf, share, total } from '@acme/money';

/** What is usually paid of the amount claimed, in percent, before anybody has looked at the claim. */
const experience: Readonly<Record<Cause, number>> = {
  accident: 78,
  theft: 65,
  fire: 90,
  water: 84,
  cancellation: 70,
  other: 50,
};

/** The handler's costs, on top of what is paid. */
const handlingPercent = 6;

export interface Reserve {
  readonly claim: StoredClaim;
  readonly payment: Cents;
  readonly handling: Cents;
}

/** What one claim is expected to cost from now on; nothing when it is decided and paid or rejected. */
export function reserveFor(claim: StoredClaim): Reserve {
  const payment = expectedPayment(claim);
  return { claim, payment, handling: percentOf(payment, handlingPercent) };
}

function expectedPayment(claim: StoredClaim): Cents {
  switch (claim.state) {
    case 'filed':
      return percentOf(claim.claimed, experience[claim.cause]);
    case 'assessed':
      // An assessed claim has passed the first doubts, so half of the usual cut comes back.
      return percentOf(claim.claimed, (experience[claim.cause] + 100) / 2);
    case 'approved':
      return claim.approved;
    case 'paid':
    case 'rejected':
      return 0;
  }
}

export interface ReserveByCause {
  readonly cause: Cause;
  readonly claims: number;
  readonly reserve: Cents;
  /** Percent of all reserves. */
  readonly share: number;
}

/** The reserves of all open claims, the largest first. */
export async function reservesByCause(): Promise<ReserveByCause[]> {
  const open = (await claims.select()).filter(isOpen).map(reserveFor);
  const whole = total(open.map(sumOf));
  const byCause = new Map<Cause, Reserve[]>();
  for (const reserve of open) {
    const known = byCause.get(reserve.claim.cause);
    if (known) known.push(reserve);
    else byCause.set(reserve.claim.cause, [reserve]);
  }
  return [...byCause]
    .map(([cause, reserves]) => {
      const reserve = total(reserves.map(sumOf));
      return { cause, claims: reserves.length, reserve, share: share(reserve, whole) };
    })
    .sort((left, right) => right.reserve - left.reserve);
}

function sumOf(reserve: Reserve): Cents {
  return reserve.payment + reserve.handling;
}
