/** The claims department at a glance: what is open, for how long, and what it will cost. */
import { daysBetween, today } from '@acme/calendar';
import { claimReference, claims, isOpen, type StoredClaim } from '@acme/claims-core';
import { showMoney, total } from '@acme/money';
import { reserveFor, reservesByCause } from '@acme/reserves';
import { dateColumn, linkColumn, moneyColumn, stateColumn } from '@acme/theme';
import { figures, html, page, type Screen, screen, table } from '@system/ui';

/** Open claims older than this many days are shown as late. */
const lateAfter = 14;

interface Situation {
  readonly open: readonly StoredClaim[];
  readonly late: readonly StoredClaim[];
  /** Days from filing to now, of the open claims, the one in the middle. */
  readonly middleAge: number;
}

function situationOf(all: readonly StoredClaim[]): Situation {
  const open = all.filter(isOpen);
  const ages = open.map(ageOf).sort((left, right) => left - right);
  return {
    open,
    late: open.filter((claim) => ageOf(claim) > lateAfter).sort((left, right) => ageOf(right) - ageOf(left)),
    middleAge: ages[Math.floor(ages.length / 2)] ?? 0,
  };
}

function ageOf(claim: StoredClaim): number {
  return daysBetween(claim.filedOn, today());
}

export const Board: Screen = screen('Claims board', async () => {
  const [all, byCause] = await Promise.all([claims.select(), reservesByCause()]);
  const { open, late, middleAge } = situationOf(all);
  return page({
    title: 'Claims board',
    lead: `A claim is late after ${lateAfter} days.`,
    content: html`
${figures([
  ['Open', open.length],
  ['Late', late.length],
  ['Days open, in the middle', middleAge],
  ['Reserves', showMoney(total(byCause.map((row) => row.reserve)))],
])}
${table(late, {
  caption: 'Late claims',
  columns: [
    linkColumn('Claim', '/claims/Claim', claimReference),
    dateColumn('Filed on', (claim) => claim.filedOn),
    { header: 'Days', numeric: true, cell: ageOf },
    moneyColumn('Reserve', (claim) => reserveFor(claim).payment),
    stateColumn((claim) => claim.state),
  ],
  empty: 'No claim is late.',
})}
${table(byCause, {
  caption: 'Reserves by cause',
  columns: [
    { header: 'Cause', cell: (row) => row.cause },
    { header: 'Claims', numeric: true, cell: (row) => row.claims },
    moneyColumn('Reserve', (row) => row.reserve),
    { header: 'Share', numeric: true, cell: (row) => `${row.share} %` },
  ],
  empty: 'Nothing has to be set aside.',
})}`,
  });
});
