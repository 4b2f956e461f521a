/** Texts broken into lines that a terminal shows whole. */

/** Columns of a line; most terminals and mail programs show as many. */
const width = 100;

/** Broken at blanks. The first line begins with `first`, the others with `others`. A word longer than a line stays whole. */
export function wrapped(text: string, first = '', others = first): readonly string[] {
  const lines: string[] = [];
  let [begin, line] = [first, first];
  for (const word of text.split(' ').filter((some) => some !== '')) {
    const longer = line === begin ? line + word : `${line} ${word}`;
    if (longer.length <= width || line === begin) {
      line = longer;
      continue;
    }
    lines.push(line);
    begin = others;
    line = others + word;
  }
  return [...lines, line];
}

/** Names longer than this stand on lines of their own. */
const widestName = 36;

/** Names in one column, two blanks in front, and wrapped texts in the next. */
export function listed(rows: readonly (readonly [name: string, text: string])[]): readonly string[] {
  const short = rows.map(([name]) => name.length).filter((length) => length <= widestName);
  const column = Math.max(0, ...short) + 4;
  return rows.flatMap(([name, text]) =>
    name.length > widestName
      ? [...wrapped(name, '  '), ...wrapped(text, ' '.repeat(column))]
      : wrapped(text, `  ${name}`.padEnd(column), ' '.repeat(column)),
  );
}
