/** The screens of a generated module: a list, an overview, and a form where people enter data. */
import type { ModulePlan } from './modulePlan.js';
import { imported, offered, tableName } from './words.js';

/** `functions` are the names of what the module has beside its main functions. */
export function screensOf(module: ModulePlan, functions: readonly string[]): string {
  const screens = [list(module), overview(module, functions)];
  if (module.kind === 'web') screens.push(entry(module));
  return screens.join('');
}

function list(module: ModulePlan): string {
  const { entity, texts, numbers } = module;
  return `
export const ${entity}List: Screen = screen('${entity} list', async (request) => {
  const max = Number(request.query.limit ?? 50);
  const rows = await ${tableName(module)}.select({ order: '${numbers[0]}', descending: true, max });
  return page({
    title: '${entity} list',
    lead: plural(rows.length, 'row', 'rows'),
    content: tableOf(rows, {
      caption: 'By ${numbers[0]}',
      columns: [
        { header: 'Reference', cell: (row) => row.reference },
        { header: '${texts[0]}', cell: (row) => truncate(row.${texts[0]}, 40) },
        { header: '${texts[1]}', cell: (row) => row.${texts[1]} },
        { header: '${numbers[0]}', numeric: true, cell: (row) => row.${numbers[0]} },
        { header: '${numbers[1]}', numeric: true, cell: (row) => row.${numbers[1]} },
        { header: 'State', cell: (row) => (row.open ? badge('open', 'info') : badge('closed', 'good')) },
      ],
      empty: 'There is nothing yet.',
    }),
  });
});
`;
}

/** Asks every producer for its total, so that each reference is a real one. */
function overview(module: ModulePlan, functions: readonly string[]): string {
  const { entity, producers, subject } = module;
  const totals = [
    `    ['${entity}', await ${offered('total', module)}(since)],`,
    ...producers.map((producer) => `    ['${producer.folder}', await ${imported('total', producer)}(since)],`),
    ...(functions.includes('outliers') ? [`    ['Outliers', (await outliersOf${entity}()).length],`] : []),
    ...(functions.includes('trend') ? [`    ['Trend', await trendOf${entity}(since)],`] : []),
  ];
  return `
export const ${entity}Overview: Screen = screen('${entity} overview', async (request) => {
  const since = request.query.since ?? '2026-01-01';
  const assessment = await ${offered('assess', module)}(request.query.reference ?? 'R-1');
  const tiles = figures([
${totals.join('\n')}
  ]);
  return page({
    title: '${entity} overview',
    content: html\`\${tiles}\${section(
      \`What is said of \${assessment.reference}\`,
      html\`<p>Score \${Math.round(assessment.score)} of this ${subject}</p><ul>\${assessment.remarks.map((remark) => html\`<li>\${remark}</li>\`)}</ul>\`,
    )}\`,
  });
});
`;
}

function entry({ entity, texts, numbers, folder }: ModulePlan): string {
  return `
export const New${entity}: Screen = screen('New ${entity.toLowerCase()}', async (request) => {
  const sent = request.form;
  const saved =
    request.method === 'POST'
      ? await register${entity}(request, {
          reference: sent.reference ?? '',
          ${texts[0]}: sent.${texts[0]} ?? '',
          ${texts[1]}: sent.${texts[1]} ?? '',
          ${numbers[0]}: Number(sent.${numbers[0]}),
          ${numbers[1]}: Number(sent.${numbers[1]}),
          dueOn: sent.dueOn ?? '',
          open: true,
        })
      : undefined;
  if (typeof saved === 'object') return { redirect: '/${folder}/${entity}List' };
  return page({
    title: 'New ${entity.toLowerCase()}',
    ...(saved && { lead: saved }),
    content: form({
      submit: 'Register',
      fields: [
        { name: 'reference', label: 'Reference', kind: 'text', required: true },
        { name: '${texts[0]}', label: '${texts[0]}', kind: 'text', required: true },
        { name: '${texts[1]}', label: '${texts[1]}', kind: 'text' },
        { name: '${numbers[0]}', label: '${numbers[0]}', kind: 'amount', required: true },
        { name: '${numbers[1]}', label: '${numbers[1]}', kind: 'amount', required: true },
        { name: 'dueOn', label: 'Due on', kind: 'date', required: true },
      ],
    }),
  });
});
`;
}
