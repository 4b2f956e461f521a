/** The ratings by topic, with a form to add one. */
import { readForm, refilled } from '@acme/forms';
import { doneNotice } from '@acme/theme';
import { currentUser } from '@system/security';
import {
  type Field,
  form,
  type Html,
  html,
  meter,
  page,
  type Screen,
  type ScreenContent,
  type ScreenRequest,
  screen,
  table,
} from '@system/ui';
import { averageOf, ratings, topics } from './ratingTable.js';

const stars = ['1', '2', '3', '4', '5'] as const;

const fields: readonly Field[] = [
  {
    name: 'topic',
    label: 'Topic',
    kind: 'choice',
    choices: topics.map((value) => ({ value, text: value })),
    required: true,
  },
  {
    name: 'stars',
    label: 'Stars',
    kind: 'choice',
    choices: stars.map((value) => ({ value, text: value })),
    required: true,
  },
  { name: 'remark', label: 'Remark', kind: 'long text' },
];

export const Ratings: Screen = screen('Ratings', (request) =>
  request.method === 'POST' ? add(request) : show(request, {}),
);

async function add(request: ScreenRequest): Promise<ScreenContent> {
  const sent = readForm(request.form);
  const topic = sent.choice('topic', topics);
  const given = sent.choice('stars', stars);
  const remark = sent.text('remark', { atLeast: 0, atMost: 500 });
  if (!topic || !given || !sent.accepted()) return { status: 422, content: await show(request, sent.problems) };
  await ratings.insert({ topic, stars: Number(given), remark, from: currentUser(request).name });
  return { redirect: '/feedback/Ratings?done=Your+rating' };
}

async function show(request: ScreenRequest, problems: Readonly<Record<string, string>>): Promise<Html> {
  const all = await ratings.select({ descending: true });
  const averages = topics.map((topic) => averageOf(topic, all));
  return page({
    title: 'Ratings',
    lead: `What customers say, and what you think, ${currentUser(request).name}.`,
    content: html`${doneNotice(request)}
${table(averages, {
  caption: 'By topic',
  columns: [
    { header: 'Topic', cell: (row) => row.topic },
    { header: 'Ratings', numeric: true, cell: (row) => row.ratings },
    { header: 'Stars', cell: (row) => meter(row.stars, 5) },
  ],
  empty: '',
})}
${table(all.slice(0, 20), {
  caption: 'The newest',
  columns: [
    { header: 'Topic', cell: (rating) => rating.topic },
    { header: 'Stars', numeric: true, cell: (rating) => rating.stars },
    { header: 'Remark', cell: (rating) => rating.remark },
    { header: 'From', cell: (rating) => rating.from },
  ],
  empty: 'Nobody has rated us yet.',
})}
${form({ submit: 'Rate', fields: refilled(fields, request.form, problems) })}`,
  });
}
