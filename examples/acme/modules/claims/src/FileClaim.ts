/** Files a claim under a policy. */
import { today } from '@acme/calendar';
import { causes, claimReference, fileClaim } from '@acme/claims-core';
import { readForm, refilled } from '@acme/forms';
import { notify } from '@acme/notifications';
import { holderOf, policyByReference } from '@acme/policies-core';
import {
  type Field,
  form,
  type Html,
  page,
  type Screen,
  type ScreenContent,
  type ScreenRequest,
  screen,
} from '@system/ui';

const fields: readonly Field[] = [
  { name: 'policy', label: 'Policy', kind: 'text', required: true, hint: 'As on the letter, for instance PO-000001' },
  {
    name: 'cause',
    label: 'Cause',
    kind: 'choice',
    choices: causes.map((value) => ({ value, text: value })),
    required: true,
  },
  { name: 'happenedOn', label: 'Happened on', kind: 'date', required: true },
  { name: 'claimed', label: 'Amount claimed', kind: 'amount', required: true },
  { name: 'description', label: 'What happened', kind: 'long text', required: true, hint: 'Ten characters or more' },
];

export const FileClaim: Screen = screen('File a claim', (request) =>
  request.method === 'POST' ? file(request) : blank(request, {}),
);

async function file(request: ScreenRequest): Promise<ScreenContent> {
  const sent = readForm(request.form);
  const policy = await policyByReference(sent.text('policy'));
  if (!policy) sent.reject('policy', 'There is no such policy.');
  const report = {
    cause: sent.choice('cause', causes) ?? 'other',
    happenedOn: sent.date('happenedOn', { latest: today() }),
    claimed: sent.amount('claimed'),
    description: sent.text('description', { atLeast: 10, atMost: 2000 }),
  };
  if (!policy || !sent.accepted()) return { status: 422, content: blank(request, sent.problems) };

  const filing = await fileClaim(policy, report);
  if (filing.kind === 'refused') {
    return { status: 422, content: blank(request, { [filing.field]: filing.problem }) };
  }
  const reference = claimReference(filing.claim);
  await notify(await holderOf(policy), 'claim filed', { reference });
  return { redirect: `/claims/Claims?done=${reference}` };
}

function blank(request: ScreenRequest, problems: Readonly<Record<string, string>>): Html {
  return page({
    title: 'File a claim',
    lead: 'The customer gets a letter with the reference at once.',
    content: form({ submit: 'File claim', fields: refilled(fields, { ...request.query, ...request.form }, problems) }),
  });
}
