/** Reads a bank statement: a line a transfer, `day;bank reference;amount;remark`. */
import { type IsoDate, isDate } from '@acme/calendar';
import type { Cents } from '@acme/money';
import { referencedId } from '@acme/text';
import { parseNumber } from '@system/text';

export interface StatementLine {
  readonly receivedOn: IsoDate;
  readonly bankReference: string;
  readonly amount: Cents;
  readonly remark: string;
  /** From the remark, where customers write their policy's reference. */
  readonly policyId: number | undefined;
}

export interface StatementReading {
  readonly lines: readonly StatementLine[];
  /** A sentence for each line that could not be read, with its number. */
  readonly problems: readonly string[];
}

export function readStatement(text: string): StatementReading {
  const lines: StatementLine[] = [];
  const problems: string[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === '') return;
    const read = readLine(line);
    if (typeof read === 'string') problems.push(`Line ${index + 1}: ${read}`);
    else lines.push(read);
  });
  return { lines, problems };
}

function readLine(line: string): StatementLine | string {
  const [receivedOn = '', bankReference = '', amountText = '', ...remarks] = line.split(';').map((part) => part.trim());
  if (!isDate(receivedOn)) return `${receivedOn || 'nothing'} is not a day.`;
  if (bankReference === '') return 'the bank reference is missing.';
  const amount = parseNumber(amountText);
  if (!amount.ok) return `the amount ${amount.reason}.`;
  const remark = remarks.join(';');
  return { receivedOn, bankReference, amount: Math.round(amount.value * 100), remark, policyId: policyIn(remark) };
}

function policyIn(remark: string): number | undefined {
  const named = /\bPO[\s-]*\d+\b/i.exec(remark);
  return named ? referencedId('PO', named[0]) : undefined;
}
