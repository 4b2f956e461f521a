/** The list of claims, by state. */
import { type ClaimState, claimReference, claimStates, claimsIn, type StoredClaim } from '@acme/claims-core';
import { excerpt } from '@acme/text';
import { dateColumn, doneNotice, linkColumn, moneyColumn, stateColumn, tally } from '@acme/theme';
import { type Column, form, html, page, type Screen, screen, table } from '@system/ui';

const columns: readonly Column<StoredClaim>[] = [
  linkColumn('Claim', '/claims/Claim', claimReference),
  dateColumn('Filed on', (claim) => claim.filedOn),
  { header: 'Cause', cell: (claim) => claim.cause },
  { header: 'What happened', cell: (claim) => excerpt(claim.description) },
  moneyColumn('Claimed', (claim) => claim.claimed),
  moneyColumn('Approved', (claim) => claim.approved),
  stateColumn((claim) => claim.state),
];

export const Claims: Screen = screen('Claims', async (request) => {
  const state = claimStates.find((known): known is ClaimState => known === request.query.state);
  const rows = await claimsIn(state, 200);
  return page({
    title: 'Claims',
    lead: tally(rows.map((claim) => claim.state)),
    actions: [{ href: '/claims/FileClaim', text: 'File a claim' }],
    content: html`${doneNotice(request)}
${form({
  method: 'get',
  submit: 'Show',
  fields: [
    {
      name: 'state',
      label: 'State',
      kind: 'choice',
      choices: claimStates.map((value) => ({ value, text: value })),
      value: state ?? '',
    },
  ],
})}
${table(rows, { caption: 'Claims', columns, empty: 'No claim is in this state.' })}`,
  });
});
